import type { Message } from './message.ts';
import type { Value } from './value.ts';

/** Static types, by which the parser checks what goes where. */
export type Type =
  | 'Object'
  | 'String'
  | 'Long'
  | 'Double'
  | 'Boolean'
  | 'List'
  | 'Map'
  | 'Regex'
  | 'Message'
  | 'DateTime'
  | 'Address'
  | 'Void';

/** What a statement or a condition can see. */
export interface Scope {
  readonly message: Message;
  readonly variables: Map<string, Value>;
  readonly created: Message[];
  /** Titles of the streams that exist. */
  readonly streams: ReadonlySet<string>;
}

export interface Parameter {
  readonly name: string;
  readonly type: Type;
  readonly optional?: boolean;
  /** Throws for a constant that the parser refuses. */
  readonly check?: (value: string) => void;
}

/** The value of an argument; null where it is not given. */
export type Arg = (name: string) => Value;

export interface RuleFunction {
  readonly parameters: readonly Parameter[];
  readonly returns: Type;
  readonly run: (arg: Arg, scope: Scope) => Value;
}
