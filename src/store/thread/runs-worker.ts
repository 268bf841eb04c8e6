import { RunKeeper } from '../redis/run-keeper';
import type { RunsStart } from '../runs-protocol';
import { serve } from './serve';

serve((start: RunsStart, tell) => new RunKeeper(start, tell));
