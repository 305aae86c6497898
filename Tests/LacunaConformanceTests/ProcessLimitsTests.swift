import LacunaHost
import Testing

/// What limits a process, from the texts of systems that are not here.
@Suite struct ProcessLimitsTests {
  private func limits(_ files: [String: String], _ environment: [String: String] = [:]) -> ProcessLimits {
    ProcessLimits(environment: { environment[$0] }, file: { files[$0] })
  }

  private let unified = "30 23 0:26 / /sys/fs/cgroup rw,nosuid - cgroup2 cgroup2 rw,nsdelegate\n"

  /// The group's own limit, or one of those above it; what it holds counts, but for what is kept of files.
  @Test func versionTwo() {
    var files = [
      "/proc/self/cgroup": "0::/system.slice/job_7/step_0\n",
      "/proc/self/mountinfo": "21 1 8:1 / / rw - ext4 /dev/sda1 rw\n" + unified,
      "/sys/fs/cgroup/system.slice/job_7/step_0/memory.max": "max\n",
      "/sys/fs/cgroup/system.slice/job_7/step_0/cpu.max": "max 100000\n",
    ]
    #expect(limits(files).memory == nil && limits(files).cores == nil)
    files["/sys/fs/cgroup/system.slice/job_7/memory.max"] = "4294967296\n"
    files["/sys/fs/cgroup/system.slice/job_7/cpu.max"] = "250000 100000\n"
    #expect(limits(files).memory == 4 << 30 && limits(files).cores == 3)
    files["/sys/fs/cgroup/system.slice/memory.max"] = "8589934592\n"
    files["/sys/fs/cgroup/system.slice/job_7/memory.current"] = "3221225472\n"
    #expect(limits(files).memory == 1 << 30)
    files["/sys/fs/cgroup/system.slice/job_7/memory.stat"] = "anon 1\ninactive_file 2147483648\nactive_file 7\n"
    #expect(limits(files).memory == 3 << 30)
    files["/sys/fs/cgroup/system.slice/job_7/step_0/memory.max"] = "1073741824\n"
    #expect(limits(files).memory == 1 << 30)
    files["/sys/fs/cgroup/system.slice/job_7/step_0/cpu.max"] = "20000 100000\n"
    #expect(limits(files).cores == 1)
    // More than it may have: nothing is left.
    files["/sys/fs/cgroup/system.slice/job_7/step_0/memory.current"] = "2073741824\n"
    #expect(limits(files).memory == 0)
  }

  /// A hierarchy a controller; what is not limited has a great number, or −1.
  @Test func versionOne() {
    var files = [
      "/proc/self/cgroup": "9:memory:/slurm/uid_1/job_7\n4:cpu,cpuacct:/slurm/job_7\n1:name=systemd:/x\n",
      "/proc/self/mountinfo": """
      33 24 0:28 / /sys/fs/cgroup/memory rw,relatime - cgroup cgroup rw,memory
      34 24 0:29 / /sys/fs/cgroup/cpu,cpuacct rw,relatime shared:4 - cgroup cgroup rw,cpu,cpuacct
      """,
      "/sys/fs/cgroup/memory/memory.limit_in_bytes": "9223372036854771712\n",
      "/sys/fs/cgroup/memory/slurm/uid_1/job_7/memory.limit_in_bytes": "2147483648\n",
      "/sys/fs/cgroup/memory/slurm/uid_1/job_7/memory.usage_in_bytes": "1073741824\n",
      "/sys/fs/cgroup/memory/slurm/uid_1/job_7/memory.stat": "cache 5\ntotal_inactive_file 536870912\n",
      "/sys/fs/cgroup/cpu,cpuacct/slurm/job_7/cpu.cfs_quota_us": "-1\n",
      "/sys/fs/cgroup/cpu,cpuacct/slurm/job_7/cpu.cfs_period_us": "100000\n",
    ]
    #expect(limits(files).memory == 3 << 29 && limits(files).cores == nil)
    files["/sys/fs/cgroup/cpu,cpuacct/slurm/job_7/cpu.cfs_quota_us"] = "400000\n"
    #expect(limits(files).cores == 4)
  }

  /// Containers: what is mounted is the group itself, whose path is told from the host; both versions at once; names with blanks.
  @Test func containers() {
    let own = [
      "/proc/self/cgroup": "3:memory:/docker/abc\n0::/\n",
      "/proc/self/mountinfo": """
      40 30 0:28 /docker/abc /sys/fs/cgroup/memory ro - cgroup cgroup rw,memory
      41 30 0:26 / /sys/fs/cgroup/unified rw - cgroup2 cgroup2 rw
      """,
      "/sys/fs/cgroup/memory/memory.limit_in_bytes": "1000000\n",
      "/sys/fs/cgroup/unified/cpu.max": "200000 100000\n",
    ]
    #expect(limits(own).memory == 1_000_000 && limits(own).cores == 2)
    let other = [
      "/proc/self/cgroup": "0::/elsewhere/x\n",
      "/proc/self/mountinfo": "40 30 0:26 /pods/abc /my\\040groups rw - cgroup2 cgroup2 rw\n",
      "/my groups/memory.max": "5000\n", "/my groups/elsewhere/x/memory.max": "4\n",
    ]
    #expect(limits(other).memory == 5000)
  }

  @Test func schedulerAndAffinity() {
    #expect(limits([:]) == limits(["/proc/self/cgroup": "no such\nthing", "/proc/self/mountinfo": "a b - c"]))
    #expect(limits([:]).memory == nil && limits([:]).cores == nil)
    for (list, count) in [("0-3,8", 5), ("7", 1), ("0-1,4-5,9", 5)] {
      #expect(
        limits(["/proc/self/status": "Name:\tx\nCpus_allowed:\t1f\nCpus_allowed_list:\t\(list)\n"]).cores == count)
    }
    for (text, bytes) in [("4096", 4 << 30), ("2G", 2 << 30), ("512M", 1 << 29), ("0", nil), ("", nil), ("-4", nil)] {
      #expect(limits([:], ["SLURM_MEM_PER_NODE": text]).memory == bytes, "\(text)")
    }
    #expect(limits([:], ["SLURM_MEM_PER_NODE": "999999999999T"]).memory ?? 0 > 1 << 50)
  }

  /// Of this process: what the system says of it can be read.
  @Test func thisProcess() {
    #if os(Linux)
      #expect(ProcessLimits.current.cores ?? 0 >= 1 && HostMemory.available > 0)
    #endif
  }
}
