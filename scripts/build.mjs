// `npm run build`: installs if needed, and builds whether or not anything changed.

import { build } from './prepare.mjs';

build();
