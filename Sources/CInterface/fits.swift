import LacunaAlgebra
import LacunaFiles
import LacunaStudy
import MaskedRegression

/// The fit behind a pointer.
func fit(_ handle: UnsafeMutableRawPointer?) throws(ArgumentError) -> FitHandle {
  Unmanaged<FitHandle>.fromOpaque(try required(handle, "fit")).takeUnretainedValue()
}

@_cdecl("lacuna_fit_create")
package func lacunaFitCreate(
  _ data: UnsafeRawPointer?, _ type: Int32, _ rows: Int64, _ columns: Int64, _ rowStride: Int64, _ columnStride: Int64,
  _ groups: UnsafePointer<Int64>?, _ options: UnsafePointer<CChar>?, _ progress: ProgressFunction?,
  _ context: UnsafeMutableRawPointer?, _ out: UnsafeMutablePointer<UnsafeMutableRawPointer?>?,
  _ message: UnsafeMutablePointer<CChar>?, _ capacity: Int64
) -> Int32 {
  MessageBuffer(text: message, capacity: capacity).attempt {
    let out = try required(out, "fit")
    let samples = try Samples(
      data, type: type, rows: rows, columns: columns, rowStride: rowStride, columnStride: columnStride)
    let groups = groups.map { SampleGroups(labels: $0, sampleCount: samples.rows) }
    out.pointee = try create(.dense(samples, groups: groups), options, progress, context)
  }
}

@_cdecl("lacuna_fit_create_sparse")
package func lacunaFitCreateSparse(
  _ rowStarts: UnsafePointer<Int64>?, _ columnIndices: UnsafePointer<Int32>?, _ values: UnsafeRawPointer?,
  _ type: Int32, _ rows: Int64, _ columns: Int64, _ options: UnsafePointer<CChar>?, _ progress: ProgressFunction?,
  _ context: UnsafeMutableRawPointer?, _ out: UnsafeMutablePointer<UnsafeMutableRawPointer?>?,
  _ message: UnsafeMutablePointer<CChar>?, _ capacity: Int64
) -> Int32 {
  MessageBuffer(text: message, capacity: capacity).attempt {
    let out = try required(out, "fit")
    let samples = try SparseSamples(
      rowStarts: rowStarts, columnIndices: columnIndices, values: values, type: type, rows: rows, columns: columns)
    out.pointee = try create(.sparse(samples), options, progress, context)
  }
}

/// A fit, retained for its caller.
private func create(
  _ data: FitData, _ options: UnsafePointer<CChar>?, _ progress: ProgressFunction?, _ context: UnsafeMutableRawPointer?
) throws -> UnsafeMutableRawPointer {
  let options = try FitOptions(options?.text() ?? "", coordinateCount: data.coordinateCount)
  let progress = CallProgress(progress, context)
  let handle = try Interruption.asking(progress.check) {
    try FitHandle.make(data, options: options) { try progress.report($0, $1) }
  }
  return Unmanaged.passRetained(handle).toOpaque()
}

@_cdecl("lacuna_fit_free")
package func lacunaFitFree(_ handle: UnsafeMutableRawPointer?) {
  if let handle { Unmanaged<FitHandle>.fromOpaque(handle).release() }
}

@_cdecl("lacuna_fit_summary")
package func lacunaFitSummary(
  _ handle: UnsafeMutableRawPointer?, _ json: UnsafeMutablePointer<UnsafeMutablePointer<CChar>?>?,
  _ message: UnsafeMutablePointer<CChar>?, _ capacity: Int64
) -> Int32 {
  MessageBuffer(text: message, capacity: capacity).attempt {
    try required(json, "json").give(encodeJSON(fit(handle).summary, pretty: false))
  }
}

@_cdecl("lacuna_fit_learning")
package func lacunaFitLearning(
  _ handle: UnsafeMutableRawPointer?, _ progress: ProgressFunction?, _ context: UnsafeMutableRawPointer?,
  _ json: UnsafeMutablePointer<UnsafeMutablePointer<CChar>?>?, _ message: UnsafeMutablePointer<CChar>?,
  _ capacity: Int64
) -> Int32 {
  MessageBuffer(text: message, capacity: capacity).attempt {
    try tell(of: handle, in: json, CallProgress(progress, context)) { try $0.learning }
  }
}

/// Gives what work that may be interrupted finds out about a fit, as JSON.
func tell(
  of handle: UnsafeMutableRawPointer?, in json: UnsafeMutablePointer<UnsafeMutablePointer<CChar>?>?,
  _ progress: CallProgress, _ find: (FitHandle) throws -> some Encodable
) throws {
  let (fit, json) = (try fit(handle), try required(json, "json"))
  try json.give(encodeJSON(try Interruption.asking(progress.check) { try find(fit) }, pretty: false))
}

@_cdecl("lacuna_fit_vector")
package func lacunaFitVector(
  _ handle: UnsafeMutableRawPointer?, _ which: Int32, _ out: UnsafeMutablePointer<Double>?, _ count: Int64,
  _ message: UnsafeMutablePointer<CChar>?, _ capacity: Int64
) -> Int32 {
  MessageBuffer(text: message, capacity: capacity).attempt {
    let fit = try fit(handle)
    var buffer = try OutputBuffer(out, type: 0, count: count, wanted: fit.shape.columns)
    try buffer.append(fit.vector(which))
  }
}

@_cdecl("lacuna_fit_vectors")
package func lacunaFitVectors(
  _ handle: UnsafeMutableRawPointer?, _ out: UnsafeMutablePointer<Double>?, _ count: Int64,
  _ present: UnsafeMutablePointer<Int32>?, _ ridge: UnsafeMutablePointer<Double>?,
  _ warnings: UnsafeMutablePointer<Int64>?, _ message: UnsafeMutablePointer<CChar>?, _ capacity: Int64
) -> Int32 {
  MessageBuffer(text: message, capacity: capacity).attempt {
    let fit = try fit(handle)
    let vectors = try fit.vectors
    var buffer = try OutputBuffer(out, type: 0, count: count, wanted: vectors.count * fit.shape.columns)
    var bits: Int32 = 0
    for (which, vector) in vectors.enumerated() {
      if vector != nil { bits |= 1 << Int32(which) }
      try buffer.append(vector ?? [Double](repeating: .nan, count: fit.shape.columns))
    }
    present?.pointee = bits
    ridge?.pointee = fit.ridge
    warnings?.pointee = Int64(fit.warningCount)
  }
}

@_cdecl("lacuna_fit_predictor")
package func lacunaFitPredictor(
  _ handle: UnsafeMutableRawPointer?, _ out: UnsafeMutableRawPointer?, _ type: Int32, _ count: Int64,
  _ message: UnsafeMutablePointer<CChar>?, _ capacity: Int64
) -> Int32 {
  MessageBuffer(text: message, capacity: capacity).attempt {
    let fit = try fit(handle)
    var buffer = try OutputBuffer(out, type: type, count: count, wanted: fit.shape.columns * fit.shape.columns)
    try fit.predictor(into: &buffer)
  }
}

@_cdecl("lacuna_fit_take_predictor")
package func lacunaFitTakePredictor(
  _ handle: UnsafeMutableRawPointer?, _ values: UnsafeMutablePointer<UnsafeMutableRawPointer?>?,
  _ owner: UnsafeMutablePointer<UnsafeMutableRawPointer?>?, _ message: UnsafeMutablePointer<CChar>?,
  _ capacity: Int64
) -> Int32 {
  MessageBuffer(text: message, capacity: capacity).attempt {
    let (values, owner) = (try required(values, "values"), try required(owner, "owner"))
    (values.pointee, owner.pointee) = (nil, nil)
    guard let taken = try fit(handle).takePredictor() else { return }
    (values.pointee, owner.pointee) = (taken.values, Unmanaged.passRetained(taken.owner).toOpaque())
  }
}

@_cdecl("lacuna_release")
package func lacunaRelease(_ owner: UnsafeMutableRawPointer?) {
  if let owner { Unmanaged<AnyObject>.fromOpaque(owner).release() }
}

@_cdecl("lacuna_fit_factors")
package func lacunaFitFactors(
  _ handle: UnsafeMutableRawPointer?, _ out: UnsafeMutableRawPointer?, _ type: Int32, _ count: Int64,
  _ scales: UnsafeMutablePointer<Double>?, _ scaleCount: Int64, _ message: UnsafeMutablePointer<CChar>?,
  _ capacity: Int64
) -> Int32 {
  MessageBuffer(text: message, capacity: capacity).attempt {
    let fit = try fit(handle)
    var buffer = try OutputBuffer(out, type: type, count: count, wanted: fit.shape.columns * fit.shape.rows)
    var scaleBuffer = try OutputBuffer(scales, type: 0, count: scaleCount, wanted: fit.shape.columns)
    try scaleBuffer.append(fit.factors(into: &buffer))
  }
}

@_cdecl("lacuna_fit_residuals")
package func lacunaFitResiduals(
  _ handle: UnsafeMutableRawPointer?, _ out: UnsafeMutableRawPointer?, _ type: Int32, _ count: Int64,
  _ message: UnsafeMutablePointer<CChar>?, _ capacity: Int64
) -> Int32 {
  MessageBuffer(text: message, capacity: capacity).attempt {
    let fit = try fit(handle)
    var buffer = try OutputBuffer(out, type: type, count: count, wanted: fit.shape.rows * fit.shape.columns)
    try fit.residuals(into: &buffer)
  }
}

@_cdecl("lacuna_fit_filled")
package func lacunaFitFilled(
  _ handle: UnsafeMutableRawPointer?, _ out: UnsafeMutablePointer<Double>?, _ count: Int64,
  _ message: UnsafeMutablePointer<CChar>?, _ capacity: Int64
) -> Int32 {
  MessageBuffer(text: message, capacity: capacity).attempt {
    let fit = try fit(handle)
    var buffer = try OutputBuffer(out, type: 0, count: count, wanted: fit.shape.rows * fit.shape.columns)
    try fit.filled(into: &buffer)
  }
}
