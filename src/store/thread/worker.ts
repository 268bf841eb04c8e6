import type { ThreadStart } from '../protocol';
import { Keeper } from './keeper';
import { serve } from './serve';

serve((start: ThreadStart, tell) => new Keeper(start, tell));
