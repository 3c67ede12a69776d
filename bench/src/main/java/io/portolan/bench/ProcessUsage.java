package io.portolan.bench;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.util.List;
import java.util.stream.Stream;

/**
 * What a process and the children that it has now, or had, use, by Linux's proc file system (proc(5)).
 *
 * @param cpuSeconds since their start, user and system
 * @param memoryBytes resident now, all together
 */
record ProcessUsage(double cpuSeconds, long memoryBytes) {

    private static final double TICKS_PER_SECOND = 100; // USER_HZ, on every Linux of today
    private static final long PAGE_BYTES = 4096;

    static ProcessUsage of(long pid) throws IOException {
        List<Long> all = Stream.concat(
                        Stream.of(pid),
                        ProcessHandle.of(pid).stream()
                                .flatMap(ProcessHandle::descendants)
                                .map(ProcessHandle::pid))
                .toList();
        ProcessUsage sum = new ProcessUsage(0, 0);
        for (long one : all) {
            ProcessUsage usage = ofOne(one);
            sum = new ProcessUsage(sum.cpuSeconds + usage.cpuSeconds, sum.memoryBytes + usage.memoryBytes);
        }
        return sum;
    }

    /** Nothing of one that has ended: what it used stands with its parent. */
    private static ProcessUsage ofOne(long pid) throws IOException {
        try {
            String[] fields = fields(pid);
            double ticks = 0;
            // utime, stime, and cutime, cstime of children that have ended: fields 14 to 17; rss: field 24
            for (int field = 14; field <= 17; field++) {
                ticks += Long.parseLong(fields[field - 3]);
            }
            return new ProcessUsage(ticks / TICKS_PER_SECOND, Long.parseLong(fields[24 - 3]) * PAGE_BYTES);
        } catch (NoSuchFileException e) {
            return new ProcessUsage(0, 0);
        }
    }

    /** From the third on: the second, a name in parentheses, may hold anything. */
    private static String[] fields(long pid) throws IOException {
        String stat = Files.readString(Path.of("/proc/" + pid + "/stat"));
        return stat.substring(stat.lastIndexOf(')') + 2).split(" ", -1);
    }
}
