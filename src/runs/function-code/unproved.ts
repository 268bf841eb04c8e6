/** Why a function is not proved to be finished when it returns. */
export type Unproved =
  | 'unparsable'
  | 'tooLong'
  | 'unknownCode'
  | 'handsOn'
  | 'sendsLater'
  | 'keepsMessage'
  | 'throwsNothing'
  | 'doneEarly';

export class NotProved extends Error {
  constructor(readonly reason: Unproved) {
    super(reason);
  }
}
