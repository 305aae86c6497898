import Foundation
import Testing

/// What would be asked of devices that are not here: the shim poses as them, and counts.
@Suite("Simulated devices", .serialized, .enabled(if: OpenCLShim.library != nil, "no OpenCL device, or no C compiler"))
struct SimulatedDeviceTests {
  private static func study(_ coordinates: Int) -> [String] {
    [
      "simulate", "example:ridge-path", "data.coordinates=\(coordinates)", "data.samples=\(2 * coordinates)",
      "model.ridge=0.1", "experiment.trials=1", "--json", "--quiet", "--device", "opencl:0",
    ]
  }

  /// A tiling that was measured is tested through the kernel that it tunes, though the study is too small to need it.
  @Test func theTunedKernelIsTested() throws {
    try withFolder { cache in
      let first = try OpenCLShim.count(Self.study(6), cache: cache, environment: OpenCLShim.posing)
      #expect(first.result.status == 0, "\(first.result.errors)")
      let tilings = try object(String(contentsOf: cache.appendingPathComponent("lacuna/tilings.json"), encoding: .utf8))
      // The tiling, and by what rank updates and products are computed.
      #expect(tilings.count == 3)
      let kept = try OpenCLShim.count(Self.study(6), cache: cache, environment: OpenCLShim.posing)
      #expect(kept.result.status == 0, "\(kept.result.errors)")
      #expect(kept.counts["kernel Xgemm"] ?? 0 >= 12)
      // No way of rank updates is timed again: what remains are the self-test's and the study's.
      #expect(kept.counts["kernel tile_product"] ?? 0 < first.counts["kernel tile_product"] ?? 0)
      #expect(kept.counts["kernel XgemmDirectNN"] ?? 0 >= 1)
    }
  }

  /// A chip of NVIDIA's whose driver does not build the program of its matrix units: said once, and CLBlast multiplies.
  @Test(arguments: ["90", "80", "75"]) func matrixUnitsMayBeMissing(capability: String) throws {
    try withFolder { cache in
      let environment = OpenCLShim.posing.merging(["LACUNA_SHIM_CAPABILITY": capability]) { $1 }
      let first = try OpenCLShim.run(Self.study(6), cache: cache, environment: environment)
      #expect(first.status == 0, "\(first.errors)")
      #expect(first.errors.contains("the matrix units of") == (capability != "75"))
      let kept = try OpenCLShim.run(Self.study(6), cache: cache, environment: environment)
      #expect(kept.status == 0 && !kept.errors.contains("the matrix units of"), "\(kept.errors)")
    }
  }

  /// What is admitted runs, what does not fit is refused with the largest d that would: memory is counted, not taken.
  @Test func whatIsAdmittedFits() throws {
    try withFolder { cache in
      _ = try OpenCLShim.run(Self.study(6), cache: cache, environment: OpenCLShim.posing)
      for gibibytes in [3, 12, 24] {
        for share in [1, 4] {
          let memory = gibibytes << 30
          let environment = OpenCLShim.posing.merging([
            "LACUNA_SHIM_MEMORY": "\(memory)", "LACUNA_SHIM_ALLOCATION": "\(memory / share)",
            "LACUNA_SHIM_DRY": "\(64 << 20)",
          ]) { $1 }
          let refused = try OpenCLShim.run(
            Self.study(100_000) + ["--no-verify"], cache: cache, environment: environment)
          #expect(refused.status == 69)
          let words = refused.errors.components(separatedBy: "it holds d up to ")
          let largest = try #require(
            words.count == 2 ? Int(words[1].prefix { $0.isNumber }) : nil, "\(refused.errors)")
          let (admitted, counts) = try OpenCLShim.count(
            Self.study(largest) + ["--no-verify"], cache: cache, environment: environment)
          #expect(admitted.status == 0, "\(gibibytes) GiB, d = \(largest): \(admitted.errors)")
          let peak = try #require(counts["bytes_peak"])
          #expect(peak > 8 * largest * largest && peak <= memory)
          print(
            "\(gibibytes) GiB, a buffer \(gibibytes / share): d = \(largest), peak \(peak >> 20) MiB, "
              + "\(counts["launch"] ?? 0) launches, \(counts["buffer"] ?? 0) buffers, "
              + "\((counts["bytes_allocated"] ?? 0) >> 20) MiB in all")
          let above = try OpenCLShim.run(
            Self.study(largest + largest / 20) + ["--no-verify"], cache: cache, environment: environment)
          #expect(above.status == 69)
        }
      }
    }
  }

  /// As much for what else a trial may take: other routes to the errors, other masks and measures.
  @Test(arguments: [
    ["ridge-path", "2", "model.ridge=0.01,0.1,1"], ["ridge-path", "0.5", "model.ridge=0.01,0.1,1"],
    ["spectrum", "2", "model.ridge=0.05"], ["transition", "2"],
    ["correlated", "2", "model.ridge=0.1"], ["masking-ratio", "2", "measure=errors,spectrum"],
    ["masking-ratio", "2", "model.mask={shared: {keep: 0.5, masks: 2}}"],
    ["partition", "2", "measure=errors,variance"], ["ridge-path", "2", "model.ridge=0.1", "measure=errors,pca"],
  ]) func otherTrialsFit(study: [String]) throws {
    let ratio = try #require(Double(study[1]))
    func arguments(_ d: Int) -> [String] {
      [
        "simulate", "example:\(study[0])", "data.coordinates=\(d)", "data.samples=\(Int(ratio * Double(d)))",
        "experiment.trials=1", "--json", "--quiet", "--device", "opencl:0", "--no-verify",
      ] + study.dropFirst(2)
    }
    let memory = 256 << 20
    let environment = OpenCLShim.posing.merging([
      "LACUNA_SHIM_MEMORY": "\(memory)", "LACUNA_SHIM_ALLOCATION": "\(memory)", "LACUNA_SHIM_DRY": "\(16 << 20)",
    ]) { $1 }
    try withFolder { cache in
      let refused = try OpenCLShim.run(arguments(100_000), cache: cache, environment: environment)
      #expect(refused.status == 69)
      let words = refused.errors.components(separatedBy: "it holds d up to ")
      let largest = try #require(words.count == 2 ? Int(words[1].prefix { $0.isNumber }) : nil, "\(refused.errors)")
      let (admitted, counts) = try OpenCLShim.count(arguments(largest), cache: cache, environment: environment)
      #expect(admitted.status == 0, "d = \(largest): \(admitted.errors)")
      let peak = try #require(counts["bytes_peak"])
      #expect(peak > 16 << 20 && peak <= memory)
      print("\(study[0]), n = \(ratio) d = \(ratio * Double(largest)): peak \(peak >> 20) MiB")
    }
  }

  /// What takes eigenvalues is admitted up to where one buffer holds its matrix.
  @Test func eigenvaluesTakeOneBuffer() throws {
    func arguments(_ d: Int) -> [String] {
      [
        "simulate", "example:spectrum", "data.coordinates=\(d)", "data.samples=\(2 * d)", "model.ridge=0.05",
        "experiment.trials=1", "--json", "--quiet", "--device", "opencl:0", "--no-verify",
      ]
    }
    let environment = OpenCLShim.posing.merging([
      "LACUNA_SHIM_MEMORY": "\(256 << 20)", "LACUNA_SHIM_ALLOCATION": "\(8 << 20)", "LACUNA_SHIM_DRY": "\(7 << 20)",
    ]) { $1 }
    try withFolder { cache in
      let refused = try OpenCLShim.run(arguments(2000), cache: cache, environment: environment)
      #expect(refused.status == 69 && refused.errors.contains("it holds d up to 1024 "), "\(refused.errors)")
      let admitted = try OpenCLShim.run(arguments(1024), cache: cache, environment: environment)
      #expect(admitted.status == 0, "\(admitted.errors)")
    }
  }

  /// Matrices larger than the device's largest allocation: the host's numbers, verified on the way.
  @Test func slabsAgreeWithTheHost() throws {
    func numbers(_ device: String, cache: URL, environment: [String: String]) throws -> [Double] {
      let result = try OpenCLShim.run(
        [
          "simulate", "example:ridge-path", "data.coordinates=1200", "data.samples=1500", "model.ridge=0.1",
          "experiment.trials=1", "--json", "--quiet", "--device", device,
        ], cache: cache, environment: environment)
      #expect(result.status == 0, "\(result.errors)")
      return try FaultyDeviceTests.numbers(result.output)
    }
    try withFolder { cache in
      // 546 rows of 1200 numbers.
      let environment = OpenCLShim.posing.merging(["LACUNA_SHIM_ALLOCATION": "\(5 << 20)"]) { $1 }
      let found = try numbers("opencl:0", cache: cache, environment: environment)
      let expected = try numbers("host", cache: cache, environment: [:])
      #expect(found.count > 4 && found.count == expected.count)
      for (x, y) in zip(found, expected) { #expect(abs(x - y) <= 1e-9 * max(abs(y), 1e-3)) }
    }
  }

  /// A path of ridges by way of a band, which rates that favour it make the plan's choice: the host's numbers, verified on the way.
  @Test func aBandAgreesWithTheHost() throws {
    let study = [
      "simulate", "example:transition", "data.coordinates=900", "data.samples=1000", "model.ridge=0.05,0.1,1",
      "measure=errors", "experiment.trials=1", "--json", "--quiet",
    ]
    try withFolder { cache in
      let expected = try OpenCLShim.run(study + ["--device", "host"], cache: cache)
      let first = try OpenCLShim.run(
        study + ["--device", "opencl:0", "--dry-run"], cache: cache, environment: OpenCLShim.posing)
      #expect(first.status == 0, "\(first.errors)")
      let file = cache.appendingPathComponent("lacuna/rates.json")
      var rates = try object(String(contentsOf: file, encoding: .utf8))
      for key in rates.keys where key.contains("reduceToBand") || key.contains("bandForms") { rates[key] = 1e15 }
      try JSONSerialization.data(withJSONObject: rates).write(to: file)
      let found = try OpenCLShim.count(study + ["--device", "opencl:0"], cache: cache, environment: OpenCLShim.posing)
      #expect(found.result.status == 0, "\(found.result.errors)")
      // A launch a column.
      #expect(found.counts["kernel band_column"] ?? 0 >= 900 - 32)
      let numbers = try FaultyDeviceTests.numbers(found.result.output)
      let right = try FaultyDeviceTests.numbers(expected.output)
      #expect(numbers.count > 4 && numbers.count == right.count)
      for (x, y) in zip(numbers, right) { #expect(abs(x - y) <= 1e-9 * max(abs(y), 1e-3)) }
    }
  }

  /// A trial of d = 4096 is no more launches than these, and a further ridge (a factor and an inverse) adds no more.
  @Test func launchesAreFew() throws {
    try withFolder { cache in
      let environment = OpenCLShim.posing.merging([
        "LACUNA_SHIM_MEMORY": "\(80 << 30)", "LACUNA_SHIM_ALLOCATION": "\(80 << 30)", "LACUNA_SHIM_DRY": "\(16 << 20)",
      ]) { $1 }
      _ = try OpenCLShim.run(Self.study(6), cache: cache, environment: environment)
      func launches(_ d: Int, _ ridges: String) throws -> Int {
        let study = Self.study(d).map { $0.hasPrefix("model.ridge=") ? "model.ridge=\(ridges)" : $0 }
        let found = try OpenCLShim.count(study + ["--no-verify"], cache: cache, environment: environment)
        #expect(found.result.status == 0, "\(found.result.errors)")
        return try #require(found.counts["launch"])
      }
      // What the self-test takes is there at every d.
      let start = try launches(6, "0.1")
      let one = try launches(4096, "0.1") - start
      let two = try launches(4096, "0.1,0.2") - start
      print("d = 4096: \(one) launches, \(two - one) a further ridge")
      #expect(one <= 250 && two - one <= 200)
    }
  }

  /// A device whose work-groups are too small for the kernels, CLBlast's among them, is listed with that and refused by it.
  @Test(arguments: [64, 128, 255]) func smallGroupsAreRefused(items: Int) throws {
    let environment = OpenCLShim.posing.merging(["LACUNA_SHIM_GROUP": "\(items)"]) { $1 }
    let obstacle = "work-groups of \(items) items, 256 needed"
    try withFolder { cache in
      let list = try OpenCLShim.run(["devices"], cache: cache, environment: environment)
      #expect(list.status == 0 && list.output.contains(obstacle), "\(list.output)\(list.errors)")
      let named = try OpenCLShim.run(Self.study(6), cache: cache, environment: environment)
      #expect(named.status == 69 && named.errors.contains(obstacle), "\(named.errors)")
    }
  }

  /// Every device is listed in time, and what compilers took is said apart; a cache that PoCL cannot write is named.
  @Test func listing() throws {
    try withFolder { cache in
      let list = try object(OpenCLShim.run(["devices", "--json"], cache: cache, environment: OpenCLShim.posing).output)
      let (seconds, compiling) = (list["seconds"] as? Double, list["compile_seconds"] as? Double)
      #expect(try #require(compiling) > 0 && #require(compiling) < #require(seconds))
      let blocked = try OpenCLShim.run(["devices"], cache: cache, environment: ["POCL_CACHE_DIR": "/proc/no/cache"])
      #expect(blocked.output.contains("cache of compiled kernels cannot be written: /proc/no/cache"))
    }
  }
}
