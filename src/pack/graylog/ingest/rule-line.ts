import { digestOf, leastKey } from '../../../backend/graylog/ingest/short-names.ts';
import { oneLine } from '../../chosen-pipelines.ts';

/** A Sigma rule in the description of a pipeline rule, which has one line for each. */
export interface RuleLine {
  readonly id: string;
  /** 16 digits of its whole condition, parts of which may be in other pipeline rules. */
  readonly digest: string;
  readonly title: string;
}

export const ruleLine = ({ id, digest, title }: RuleLine): string =>
  `${id} ${digest} ${oneLine(title)}`;

/** Whether the source of a pipeline rule asks for the rule, whatever its description says. */
export const isAskedIn = (source: string, { id }: RuleLine): boolean =>
  source.includes(digestOf(id, leastKey));

/** Those of a description, which may be anyone's. */
export const ruleLinesIn = (description: string): readonly RuleLine[] =>
  [...description.matchAll(written)].map(([, id = '', digest = '', title = '']) => ({
    id,
    digest,
    title,
  }));

const written = /^([0-9a-f]{8}(?:-[0-9a-f]{4}){3}-[0-9a-f]{12}) ([0-9a-f]{16}) (.*)$/gim;
