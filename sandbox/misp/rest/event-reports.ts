import { randomUUID } from 'node:crypto';
import { summariseReport } from './ai';
import { deny, notFound } from './answers';
import { mayChange, maySee, NO_PERMISSION } from './permissions';
import type { Resource } from './router';
import { now, touch } from './touch';

type Row = Record<string, unknown>;

/** `event_reports/...` (recording: test/fixtures/rest/eventReports-add.json). */
export const eventReports: Resource = {
  aiSummarize: summariseReport,
  add: {
    post: true,
    run: ({ args: [id = ''], body, user, url }, misp) => {
      const event = misp.event(id);
      if (!event || !maySee(user, event)) return notFound('Invalid event', url);
      if (!mayChange(user, event)) return deny(NO_PERMISSION, url);
      const { name = '', content = '', distribution = '5' } = body as Row;
      const report = {
        ...{ id: misp.collections.nextId(), uuid: randomUUID(), event_id: event.id },
        ...{ name, content, distribution, sharing_group_id: '0', timestamp: now(), deleted: false },
      };
      event.EventReport = [...((event.EventReport ?? []) as Row[]), report];
      touch(event);
      const { orgc_id, org_id, info, date, Org, Orgc } = event;
      const short = ({ id: orgId, name: orgName }: { id: string; name: string }) => ({
        id: orgId,
        name: orgName,
      });
      return {
        status: 200,
        body: {
          EventReport: report,
          Event: {
            ...{ id: event.id, orgc_id, org_id, info, user_id: '1', date },
            ...{ Org: short(Org), Orgc: short(Orgc) },
          },
          SharingGroup: { id: null, name: null, uuid: null },
        },
      };
    },
  },
  view: {
    run: ({ args: [key], url, user }, misp) => {
      for (const event of misp.events.values()) {
        const reports = (event.EventReport ?? []) as Row[];
        const report = reports.find(({ id, uuid }) => id === key || uuid === key);
        if (report && maySee(user, event)) return { status: 200, body: { EventReport: report } };
      }
      return notFound('Invalid Event Report', url);
    },
  },
};
