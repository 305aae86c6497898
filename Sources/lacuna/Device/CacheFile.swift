import FoundationEssentials
import LacunaFiles

/// Values by device and driver, in a JSON file under `lacuna/` of the user's cache folder.
///
/// A cache that cannot be read or written only costs the measurements again; one that is damaged is said to be.
struct CacheFile<Value: Codable> {
  var entries: [String: Value] = [:]
  private let name: String
  private let folder: String?

  init(_ name: String) {
    let environment = ProcessInfo.processInfo.environment
    let base =
      environment["XDG_CACHE_HOME"].flatMap { $0.isEmpty ? nil : $0 } ?? environment["HOME"].map { $0 + "/.cache" }
    folder = base.map { $0 + "/lacuna" }
    self.name = name
    guard let folder, let data = FileManager.default.contents(atPath: "\(folder)/\(name)") else { return }
    do {
      entries = try JSONDecoder().decode([String: Value].self, from: data)
    } catch {
      log.notice("\(folder)/\(name) is damaged and not used; what it kept is measured again")
    }
  }

  func save() {
    guard let folder, let data = try? JSONEncoder().encode(entries) else { return }
    try? FileManager.default.createDirectory(atPath: folder, withIntermediateDirectories: true)
    try? AtomicFile.write([UInt8](data), to: "\(folder)/\(name)")
  }
}
