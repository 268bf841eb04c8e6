import type { QueueStart } from '../queue-protocol';
import { QueueKeeper } from './queue-keeper';
import { serve } from './serve';

serve((start: QueueStart, tell) => new QueueKeeper(start, tell));
