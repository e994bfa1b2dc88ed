/** A search head of Splunk as it is installed, with limits.conf as Splunk ships it. */
export const unconfiguredSearchHead = {
  cores: 16,
  baseMaxSearches: 6,
  maxSearchesPerCpu: 1,
  maxSearchesPercent: 50,
};

/** Scheduled searches that run at one time: a share of all that may run. */
export const scheduledSlots = ({
  cores,
  baseMaxSearches,
  maxSearchesPerCpu,
  maxSearchesPercent,
}: typeof unconfiguredSearchHead): number =>
  Math.max(
    1,
    Math.floor(((baseMaxSearches + cores * maxSearchesPerCpu) * maxSearchesPercent) / 100),
  );

/**
 * How long a run takes is not known before it runs: this is assumed of a search, and of an event
 * definition.
 */
const secondsPerSearch = 15;
const secondsPerDefinition = 3;

/**
 * Threads of a Graylog node that run event definitions:
 * `DefaultJobSchedulerConfig.numberOfWorkerThreads`.
 */
export const graylogWorkers = 5;

/** What starts in a minute where each run takes that long and all slots are busy. */
const startsPerMinute = (slots: number, secondsPerRun: number): number =>
  Math.max(1, Math.floor((slots * 60) / secondsPerRun));

/** Default of `splunk.searchesPerMinute`: 11 slots, 44 starts. */
export const defaultSearchesPerMinute = startsPerMinute(
  scheduledSlots(unconfiguredSearchHead),
  secondsPerSearch,
);
/** Default of `graylog.definitionsPerMinute`: one node, 100 runs. */
export const defaultDefinitionsPerMinute = startsPerMinute(graylogWorkers, secondsPerDefinition);
