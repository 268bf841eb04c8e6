import type { CarryOut, SendOperation } from '../../../src/actions/plan';
import { carryOutMails } from '../../../src/notify/mail/carry-out';
import { carryOutRequests } from '../../../src/notify/webhook/carry-out';
import { carryOutMessages } from '../../../src/zmq/carry-out';

type CarriesOut<D> = (...settings: never[]) => CarryOut<Extract<SendOperation, { do: D }>>;

/** Who carries out what is sent to people or systems; the compiler says which operation nobody does. */
export const SENDS = {
  'send-mail': carryOutMails,
  'http-request': carryOutRequests,
  'zmq-publish': carryOutMessages,
} satisfies { readonly [D in SendOperation['do']]: CarriesOut<D> };
