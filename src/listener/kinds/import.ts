import { describeDrawn, drawn, userConfigOf, type DrawnModule, type ModuleRequest } from './drawn';
import type { Kind } from './kind';
import { commonOf, fileOf } from './module-request';

/** A module of MISP's Import service: a file, or a text that was pasted, becomes part of an event. */
export interface ImportModule extends DrawnModule {
  kind: 'import';
}

export interface ImportTypes {
  module: ImportModule;
  request: ModuleRequest;
}

export const importing = {
  ...drawn,
  describe: (module) =>
    describeDrawn(module, ['import'], { userConfig: userConfigOf(module), inputSource: ['file', 'paste'] }),
  read: (body, module) => ({
    ...commonOf(body, module),
    ...fileOf(body.fields.data ?? '', body.fields.filename),
  }),
} satisfies Kind<ImportTypes>;
