import { setFlagsFromString } from 'node:v8';

// Imported first, before much is loaded. What of its new objects survives, V8 copies, and meanwhile the broker stands still: up
// to 16 MiB of them, if many clients come or declare at once. It would let that space grow whenever much survives; as it is
// at the start, such a pause takes a millisecond or two. docs/decisions/0007-a-small-young-generation.md has the figures.
setFlagsFromString('--semi-space-growth-factor=1');
