/** A search head of Splunk as installed, with limits.conf as shipped. */
export const unconfiguredSearchHead = {
  cores: 16,
  baseMaxSearches: 6,
  maxSearchesPerCpu: 1,
  maxSearchesPercent: 50,
};

/** Scheduled searches that may run at the same time: a share of all that may run. */
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
 * The length of a run is only known afterwards: these are assumed for a search and for an event
 * definition.
 */
const secondsPerSearch = 15;
const secondsPerDefinition = 3;

/**
 * Threads of a Graylog node that run event definitions:
 * `DefaultJobSchedulerConfig.numberOfWorkerThreads`.
 */
export const graylogWorkers = 5;

/** Runs that can start in a minute if all slots are busy and each run takes that long. */
const startsPerMinute = (slots: number, secondsPerRun: number): number =>
  Math.max(1, Math.floor((slots * 60) / secondsPerRun));

/** Default of `splunk.searchesPerMinute`: 11 slots, 44 starts. */
export const defaultSearchesPerMinute = startsPerMinute(
  scheduledSlots(unconfiguredSearchHead),
  secondsPerSearch,
);
/** Default of `graylog.definitionsPerMinute`: one node, 100 runs. */
export const defaultDefinitionsPerMinute = startsPerMinute(graylogWorkers, secondsPerDefinition);
