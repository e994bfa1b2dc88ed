import { PatternError } from '../pattern-error.ts';

/**
 * Follows the groups of a pattern as they are read, to know which of them are sure to take part:
 * engines differ about the others.
 */
export interface References {
  /** A group starts; its number, 0 for one that does not capture. */
  readonly open: (captures: boolean) => number;
  readonly close: () => void;
  /** `|` */
  readonly branch: () => void;
  /** Anything but a quantifier. `repeatable`: a quantifier may follow it. */
  readonly atom: (repeatable: boolean) => void;
  /** False: there is nothing to repeat. */
  readonly quantify: (optional: boolean, repeated: boolean) => boolean;
  /** A back-reference. Throws {@link PatternError} where the group is not closed before it. */
  readonly refer: (group: number) => void;
  /** Capturing groups so far. */
  readonly count: () => number;
  /** Why a RegExp might not find what Python finds; undefined: it does. */
  readonly uncertainty: () => string | undefined;
}

interface Group {
  readonly parent: Group | undefined;
  readonly captures: boolean;
  /** Number of the branch that is being read. */
  branch: number;
  /** Branch of the parent that it is in. */
  readonly within: number;
  optional: boolean;
  closed: boolean;
  holdsCapture: boolean;
  /** It holds a group that may take no part. */
  holdsUncertain: boolean;
}

/** A back-reference to `group`, in a branch of the group `around`. */
interface Reference {
  readonly group: Group;
  readonly around: Group;
  readonly branch: number;
}

export function createReferences(): References {
  const root = groupIn(undefined, false);
  const groups: Group[] = [root];
  const referred: Reference[] = [];
  let current = root;
  /** The group that ends right before this place. */
  let closed: Group | undefined;
  let repeatable = false;
  let resets = false;
  return {
    open: (captures) => {
      current = groupIn(current, captures);
      repeatable = false;
      return captures ? groups.push(current) - 1 : 0;
    },
    close: () => {
      closed = current;
      current.closed = true;
      const { parent } = current;
      if (!parent) return;
      parent.holdsCapture ||= current.captures || current.holdsCapture;
      parent.holdsUncertain ||=
        current.holdsUncertain || (current.branch > 0 && current.holdsCapture);
      current = parent;
    },
    branch: () => {
      current.branch++;
      repeatable = false;
    },
    atom: (isRepeatable) => {
      closed = undefined;
      repeatable = isRepeatable;
    },
    quantify: (optional, repeated) => {
      if (!repeatable) return false;
      repeatable = false;
      if (closed && optional) {
        closed.optional = true;
        current.holdsUncertain ||= closed.captures || closed.holdsCapture;
      }
      if (closed && repeated)
        resets ||= closed.holdsUncertain || (closed.branch > 0 && closed.holdsCapture);
      return true;
    },
    refer: (group) => {
      const target = groups[group];
      if (group === 0 || !target?.closed)
        throw new PatternError(`there is no closed group ${group} before its reference`);
      referred.push({ group: target, around: current, branch: current.branch });
    },
    count: () => groups.length - 1,
    uncertainty: () => {
      if (resets) return resetReason;
      return referred.every(takesPart)
        ? undefined
        : 'back-references to groups that may take no part are not supported';
    },
  };
}

const resetReason =
  'groups that may take no part in a repetition are not supported ' +
  'together with look-around or back-references';

function groupIn(parent: Group | undefined, captures: boolean): Group {
  return {
    parent,
    captures,
    branch: 0,
    within: parent?.branch ?? 0,
    optional: false,
    closed: false,
    holdsCapture: false,
    holdsUncertain: false,
  };
}

/** True where the group has matched whenever the reference is reached. */
function takesPart({ group, around, branch }: Reference): boolean {
  const branches = new Map<Group, number>([[around, branch]]);
  for (let at = around; at.parent; at = at.parent) branches.set(at.parent, at.within);
  for (let at = group; at.parent; at = at.parent) {
    if (at.optional) return false;
    const reached = branches.get(at.parent);
    if (reached !== undefined) return reached === at.within;
    if (at.parent.branch > 0) return false;
  }
  return true;
}
