import LacunaAlgebra
import LacunaDevices
import LacunaFiles
import LacunaStudy

/// The study behind a pointer.
private func study(_ handle: UnsafeMutableRawPointer?) throws(ArgumentError) -> StudyHandle {
  Unmanaged<StudyHandle>.fromOpaque(try required(handle, "study")).takeUnretainedValue()
}

@_cdecl("lacuna_study_create")
package func lacunaStudyCreate(
  _ configuration: UnsafePointer<CChar>?, _ overrides: UnsafePointer<CChar>?, _ folder: UnsafePointer<CChar>?,
  _ threads: Int32, _ out: UnsafeMutablePointer<UnsafeMutableRawPointer?>?, _ message: UnsafeMutablePointer<CChar>?,
  _ capacity: Int64
) -> Int32 {
  MessageBuffer(text: message, capacity: capacity).attempt {
    let out = try required(out, "study")
    guard (0...4096).contains(threads) else { throw ArgumentError("\(threads) threads; 0 is the default") }
    let points = try [ExperimentPoint](configuration, overrides: overrides, folder: folder)
    let host = DeviceRegistry.ofThisProcess.host.reference(threads: threads == 0 ? nil : Int(threads))
    func make(_ host: some Backend<Double>) throws -> Study {
      try Study(
        name: points.first?.configuration.name ?? "study", points: points, version: lacunaVersion, host: host)
    }
    out.pointee = Unmanaged.passRetained(StudyHandle(try make(host))).toOpaque()
  }
}

@_cdecl("lacuna_study_free")
package func lacunaStudyFree(_ handle: UnsafeMutableRawPointer?) {
  if let handle { Unmanaged<StudyHandle>.fromOpaque(handle).release() }
}

@_cdecl("lacuna_study_theory")
package func lacunaStudyTheory(
  _ handle: UnsafeMutableRawPointer?, _ json: UnsafeMutablePointer<UnsafeMutablePointer<CChar>?>?,
  _ message: UnsafeMutablePointer<CChar>?, _ capacity: Int64
) -> Int32 {
  MessageBuffer(text: message, capacity: capacity).attempt {
    try required(json, "json").give(encodeJSON(study(handle).study.theory().summary, pretty: false))
  }
}

@_cdecl("lacuna_study_run")
package func lacunaStudyRun(
  _ handle: UnsafeMutableRawPointer?, _ options: UnsafePointer<CChar>?, _ progress: ProgressFunction?,
  _ context: UnsafeMutableRawPointer?, _ message: UnsafeMutablePointer<CChar>?, _ capacity: Int64
) -> Int32 {
  MessageBuffer(text: message, capacity: capacity).attempt {
    let (study, options) = (try study(handle), try ComputingOptions(options?.text() ?? ""))
    let progress = CallProgress(progress, context)
    try Interruption.asking(progress.check) {
      try study.run(options) { try progress.report($0, $1) }
    }
  }
}

@_cdecl("lacuna_study_results")
package func lacunaStudyResults(
  _ handle: UnsafeMutableRawPointer?, _ json: UnsafeMutablePointer<UnsafeMutablePointer<CChar>?>?,
  _ message: UnsafeMutablePointer<CChar>?, _ capacity: Int64
) -> Int32 {
  MessageBuffer(text: message, capacity: capacity).attempt {
    guard let summary = try study(handle).summary else { throw ArgumentError("no trial has finished") }
    try required(json, "json").give(encodeJSON(summary, pretty: false))
  }
}

@_cdecl("lacuna_study_trials")
package func lacunaStudyTrials(
  _ handle: UnsafeMutableRawPointer?, _ lines: UnsafeMutablePointer<UnsafeMutablePointer<CChar>?>?,
  _ message: UnsafeMutablePointer<CChar>?, _ capacity: Int64
) -> Int32 {
  MessageBuffer(text: message, capacity: capacity).attempt {
    try required(lines, "lines").give(study(handle).lines.joined(separator: "\n"))
  }
}

@_cdecl("lacuna_study_rows")
package func lacunaStudyRows(
  _ handle: UnsafeMutableRawPointer?, _ point: Int64, _ name: UnsafePointer<CChar>?,
  _ out: UnsafeMutablePointer<Double>?, _ rows: UnsafeMutablePointer<Int64>?, _ columns: UnsafeMutablePointer<Int64>?,
  _ message: UnsafeMutablePointer<CChar>?, _ capacity: Int64
) -> Int32 {
  MessageBuffer(text: message, capacity: capacity).attempt {
    guard let points = try study(handle).summary?.points, points.indices.contains(Int(point)) else {
      throw ArgumentError("there is no point \(point)")
    }
    let found = points[Int(point)].rows(QuantityName(stringLiteral: try required(name, "name").text()))
    let width = found.first?.count ?? 0
    guard found.allSatisfy({ $0.count == width }) else { throw ArgumentError("the rows are of unlike lengths") }
    let (rows, columns) = (try required(rows, "rows"), try required(columns, "columns"))
    if let out {
      guard rows.pointee == Int64(found.count), columns.pointee == Int64(width) else {
        throw ArgumentError("a buffer of \(rows.pointee) × \(columns.pointee) for \(found.count) × \(width)")
      }
      for (i, row) in found.enumerated() { (out + i * width).update(from: row, count: width) }
    }
    rows.pointee = Int64(found.count)
    columns.pointee = Int64(width)
  }
}
