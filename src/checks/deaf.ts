/** Why a listener that runs does not listen: another program has its port, or there is no such address. */
export type Deaf = 'portTaken' | 'cannotListen';

/** What editors are told of such listeners, by their ids. */
export type DeafListeners = Record<string, Deaf>;

/** The topic on which they are told; who opens an editor later is told too. */
export const DEAF_TOPIC = 'misp-workflows/deaf-listeners';
