import { isList, isRecord } from '../event/values';
import type { Told } from '../news/exchange';
import type { WriteNews } from './own-writes';

/** The kind of news that tells of writes. */
export const WRITE_NEWS = {
  name: 'writes',
  read: (told: Told): WriteNews | undefined => (isNews(told) ? (told as unknown as WriteNews) : undefined),
};

function isNews(told: Told): boolean {
  switch (told.news) {
    case 'begun':
      return isText(told.write) && areTexts(told.events) && areTexts(told.does);
    case 'over':
      return isText(told.write);
    case 'noted':
      return isText(told.note) && isRecord(told.written) && isWritten(told.written);
    case 'told':
      return isText(told.note) && isText(told.trigger) && isRecord(told.of) && isNamed(told.of);
    default:
      return false;
  }
}

function isWritten(written: Told): boolean {
  const { state, times, published } = written;
  return (
    isNamed(written) &&
    isRecord(state) &&
    Object.values(state).every(isText) &&
    isList(times) &&
    times.every(isRange) &&
    (published === undefined || isRange(published))
  );
}

const isNamed = ({ kind, uuid }: Told) => isText(kind) && isText(uuid);
const isText = (value: unknown) => typeof value === 'string';
const areTexts = (value: unknown) => isList(value) && value.every(isText);
const isRange = (value: unknown) =>
  isList(value) && value.length === 2 && value.every((moment) => typeof moment === 'number');
