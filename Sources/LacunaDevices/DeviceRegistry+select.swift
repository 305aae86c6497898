import LacunaAlgebra

extension DeviceRegistry {
  /// Opens the device that a choice names, in a precision.
  /// - Parameter verifies: whether results of a device beside the host are verified as they are computed.
  /// - Throws: `unknown` and `unusable` for what is not there or does not serve, `failed` where it does not open; under `auto`
  ///   a device that does not open is left for the host.
  public func select(
    _ choice: DeviceChoice, precision: Precision, threads: Int? = nil, verifies: Bool = true
  ) throws(DeviceError) -> DeviceSelection {
    func selection(
      _ entry: Entry, _ reason: String, opened: (any Backend)? = nil, retreat: DeviceSelection? = nil
    ) throws(BackendError) -> DeviceSelection {
      let backend: any Backend
      if let opened {
        backend = opened
      } else {
        backend = try entry.provider.open(entry.device, precision: precision, threads: threads, cache: cache)
      }
      return DeviceSelection(
        registry: self, provider: entry.provider, device: entry.device, backend: backend, retreat: retreat,
        reason: reason, precision: precision, threads: threads, verifies: verifies)
    }
    guard choice == .auto else {
      let entry = try find(choice)
      return try DeviceError.of { () throws(BackendError) in try selection(entry, "asked for") }
    }
    let here = Entry(provider: host, device: host.list()[0])
    let ranking = rank(precision: precision, threads: threads)
    guard let best = ranking.entry else {
      return try DeviceError.of { () throws(BackendError) in try selection(here, ranking.reason) }
    }
    return try DeviceError.of { () throws(BackendError) in
      let retreat = try selection(here, "the device before failed")
      do throws(BackendError) {
        return try selection(best, ranking.reason, opened: ranking.opened, retreat: retreat)
      } catch {
        cache.report(.left(device: best.device.name, error: error))
        return try selection(here, "\(best.device.name) failed: \(error)", opened: retreat.backend)
      }
    }
  }

  /// The device that a choice other than `auto` names.
  private func find(_ choice: DeviceChoice) throws(DeviceError) -> Entry {
    // The host needs no driver started.
    if choice == .provider(host.word) || choice == .device(host.word, 0) {
      return Entry(provider: host, device: host.list()[0])
    }
    // Drivers of one process among many are none of the others' business.
    if let provider = spreadProvider(of: choice) {
      guard let device = provider.list().first else {
        throw .unusable(choice, name: provider.word, obstacle: provider.absence() ?? "it has no device")
      }
      return Entry(provider: provider, device: device)
    }
    let entries = entries()
    let found: Entry?
    switch choice {
    case .auto: found = nil
    case .provider(let word):
      let usable = entries.filter { $0.provider.word == word && $0.device.isUsable }
      found = usable.first { $0.device.kind != .cpu } ?? usable.first
    case .device(let word, let index): found = entries.first { $0.provider.word == word && $0.device.index == index }
    case .named(let name): found = entries.first { $0.device.name.lowercased().contains(name.lowercased()) }
    }
    guard let found else {
      // The word of a provider that this build lacks.
      if choice == .named("mpi") {
        throw .unknown(choice, remedy: "it takes a build with the trait: swift build --traits MPI")
      }
      let known = entries.map { ", \($0.device.id) (\($0.device.name))" }.joined()
      let remedy = entries.isEmpty ? absences().joined(separator: "; ") : "known: \(host.word)\(known)"
      throw .unknown(choice, remedy: remedy.isEmpty ? "no device beside the host" : remedy)
    }
    if let obstacle = found.device.obstacle {
      throw .unusable(choice, name: found.device.name, obstacle: obstacle)
    }
    return found
  }
}

extension DeviceError {
  /// The result of a body, its error as the device's failure.
  fileprivate static func of<Result>(_ body: () throws(BackendError) -> Result) throws(DeviceError) -> Result {
    do throws(BackendError) {
      return try body()
    } catch {
      throw .failed(error)
    }
  }
}
