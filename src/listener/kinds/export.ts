import { words, type Said } from '../../text';
import { listsIn } from '../../event/keyed-lists';
import { relinkFlattened } from '../../event/relink';
import { blockText, type Verdict } from '../../runs/verdict';
import { describeDrawn, drawn, resultReply, type DrawnModule, type ModuleRequest } from './drawn';
import type { Kind, Module, Reply } from './kind';
import { commonOf } from './module-request';

/** A module of MISP's Export service: an event becomes a file. */
export interface ExportModule extends DrawnModule {
  kind: 'export';
  /** The file's ending, and its media type. */
  extension: string;
  mediaType: string;
}

export interface ExportTypes {
  module: ExportModule;
  request: ModuleRequest;
}

/** MISP shows nobody the error of an export: it gives an empty file. So the words are the file. */
function failedFile(problem: Said): Reply {
  const data = Buffer.from(blockText(words(problem))).toString('base64');
  return { body: JSON.stringify({ data }), blocks: true };
}

export const exporting = {
  ...drawn,
  describe: (module) =>
    describeDrawn(
      module,
      ['export'],
      {
        inputSource: ['event'],
        userConfig: {},
        responseType: module.mediaType,
        outputFileExtension: module.extension,
      },
      { require_standard_format: true },
    ),
  read(body, module) {
    const { data } = body.fields;
    const events = body.keyed ? listsIn(data) : data;
    const list = Array.isArray(events) ? (events as unknown[]) : [events];
    for (const event of list) relinkFlattened(event, body.flattenedCut);
    return { ...commonOf(body, module), events: list };
  },
  reply(verdict: Verdict) {
    if (verdict.outcome === 'block') return failedFile(verdict.reason ?? '');
    return resultReply({ ...verdict, result: verdict.result ?? { data: '' } });
  },
  refuse: failedFile,
  byPolicy: (_module: Module, problem: Said) => failedFile(problem),
} satisfies Kind<ExportTypes>;
