import { ActionService } from '../service/action-service';
import { describeModule } from '../service/modules';
import { underscore } from '../service/php';
import { deny } from './answers';
import type { Resource } from './router';

/** MISP counts its own action modules first; those of the service come after them. */
const FIRST_INDEX = 28;

/** `workflows/...` (recording: test/fixtures/rest/workflows-moduleIndex.mispmodule.json). */
export const workflows: Resource = {
  /** The stand-in has the modules of the Action service only, whatever type is asked for. */
  moduleIndex: {
    run: async ({ url, user }, misp) => {
      if (!user.Role.perm_site_admin) {
        return deny('You do not have permission to use this functionality.', url);
      }
      const { list } = await new ActionService(misp.actionService).modules();
      const enabled = new Set(
        Object.values(misp.workflows)
          .filter((workflow) => workflow.moduleEnabled !== false)
          .map((workflow) => underscore(workflow.module)),
      );
      list.sort((a, b) => (a.name < b.name ? -1 : 1));
      const rows = list.map((module, index): [string, object] => [
        String(FIRST_INDEX + index),
        describeModule(module, !enabled.has(module.id)),
      ]);
      return { status: 200, body: Object.fromEntries(rows) };
    },
  },
};
