import type { Channel } from 'amqplib';
import { connect } from 'amqplib';
import { expect, test } from 'vitest';
import { createBroker } from '../../../src/index.ts';
import { closing, startBroker, until } from '../../support/broker.ts';
import { temporaryFolder } from '../../support/temporary_folder.ts';
import { channelOn, connectTo } from './support.ts';
