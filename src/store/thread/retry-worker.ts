import { RetryKeeper, type RetryStart } from './retry-keeper';
import { serve } from './serve';

serve((start: RetryStart, tell) => new RetryKeeper(start, tell));
