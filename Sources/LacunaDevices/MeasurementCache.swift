import LacunaFiles

#if canImport(FoundationEssentials)
  import FoundationEssentials
#else
  import Foundation
#endif

/// Where what was measured on devices is kept from run to run: a JSON file a kind, values by device and driver.
///
/// A cache that cannot be read or written only costs the measurements again; one that is damaged is reported.
public struct MeasurementCache: Sendable {
  /// Nil keeps nothing.
  private let folder: String?
  let report: @Sendable (DeviceEvent) -> Void

  /// - Parameter folder: made when something is kept; nil keeps nothing.
  public init(folder: String?, report: @escaping @Sendable (DeviceEvent) -> Void = { _ in }) {
    self.folder = folder
    self.report = report
  }

  /// `lacuna` in the user's cache folder: `XDG_CACHE_HOME`, or `~/.cache`.
  public static func user(report: @escaping @Sendable (DeviceEvent) -> Void) -> MeasurementCache {
    let base = PathText.variable("XDG_CACHE_HOME") ?? PathText.variable("HOME").map { $0 + "/.cache" }
    return MeasurementCache(folder: base.map { $0 + "/lacuna" }, report: report)
  }

  /// What a file holds; nothing where it is missing or damaged.
  func entries<Value: Decodable>(_ name: String, of type: Value.Type, reporting: Bool = true) -> [String: Value] {
    guard let folder, let bytes = try? readBytes("\(folder)/\(name)") else { return [:] }
    do {
      return try JSONDecoder().decode([String: Value].self, from: Data(bytes))
    } catch {
      if reporting { report(.damagedCache(path: "\(folder)/\(name)")) }
      return [:]
    }
  }

  /// Adds to a file, beside what other processes have put there meanwhile.
  func keep<Value: Codable>(_ new: [String: Value], in name: String) {
    guard let folder else { return }
    let all = entries(name, of: Value.self, reporting: false).merging(new) { $1 }
    guard let data = try? JSONEncoder().encode(all) else { return }
    _ = try? FolderTree.makeAll(folder)
    try? AtomicFile.write([UInt8](data), to: "\(folder)/\(name)")
  }
}
