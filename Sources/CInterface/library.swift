import LacunaDevices
import LacunaFiles
import LacunaStudy

#if canImport(Darwin)
  import Darwin
#elseif canImport(Glibc)
  import Glibc
#endif

@_cdecl("lacuna_abi_version")
package func lacunaABIVersion() -> Int32 { 2 }

private enum VersionText {
  nonisolated(unsafe) static let text: UnsafePointer<CChar>? = strdup(lacunaVersion).map { UnsafePointer($0) }
}

@_cdecl("lacuna_version")
package func lacunaVersionText() -> UnsafePointer<CChar>? { VersionText.text }

@_cdecl("lacuna_prepare")
package func lacunaPrepare() {
  // What is refused here, every computation is refused with its reason.
  try? DeviceRegistry.ofThisProcess.host.prepareProcess()
}

@_cdecl("lacuna_text_free")
package func lacunaTextFree(_ text: UnsafeMutablePointer<CChar>?) { free(text) }

/// What `lacuna_devices` gives.
private struct DeviceTable: Encodable {
  struct Entry: Encodable {
    var id, kind, name: String
    var platform, driver, obstacle: String?
    var memoryBytes: Int
    var float64, usable: Bool

    enum CodingKeys: String, CodingKey {
      case id, kind, name, platform, driver, obstacle, float64, usable
      case memoryBytes = "memory_bytes"
    }
  }
  var devices: [Entry]
  var absences: [String]
}

@_cdecl("lacuna_devices")
package func lacunaDevices(
  _ json: UnsafeMutablePointer<UnsafeMutablePointer<CChar>?>?, _ message: UnsafeMutablePointer<CChar>?,
  _ capacity: Int64
) -> Int32 {
  MessageBuffer(text: message, capacity: capacity).attempt {
    let registry = DeviceRegistry.ofThisProcess
    let entries = registry.list().map {
      DeviceTable.Entry(
        id: $0.id, kind: $0.kind.rawValue, name: $0.name, platform: $0.platform, driver: $0.driver,
        obstacle: $0.obstacle, memoryBytes: $0.memory, float64: $0.hasFloat64, usable: $0.isUsable)
    }
    try required(json, "json").give(
      encodeJSON(DeviceTable(devices: entries, absences: registry.absences()), pretty: false))
  }
}
