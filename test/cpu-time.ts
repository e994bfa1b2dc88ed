/**
 * Milliseconds of CPU that this process has taken: what others do on the machine does not count.
 */
export function cpuMilliseconds(): number {
  const { user, system } = process.cpuUsage();
  return (user + system) / 1000;
}
