import type { RedisStart } from '../queue-protocol';
import { RedisKeeper } from '../redis/keeper';
import { serve } from './serve';

serve((start: RedisStart, tell) => new RedisKeeper(start, tell));
