import LacunaAlgebra
import LacunaFiles
import LacunaFits

/// What the spectrum of a fit tells of directions, with the keys of `fit.json`, and the directions.
struct SpectrumReport: Encodable {
  @OrNull private var spectrum: FitSummary.Spectrum?
  @OrNull private var reason: String?
  private let directions: [[Double]]

  init(_ found: Result<FitSpectrum, NoSpectrum>) {
    switch found {
    case .success(let found):
      spectrum = FitSummary.Spectrum(found)
      reason = nil
      directions = found.directions
    case .failure(let error):
      spectrum = nil
      reason = error.description
      directions = []
    }
  }

  private enum CodingKeys: String, CodingKey {
    case spectrum, directions
    case reason = "spectrum_reason"
  }
}

/// A verdict with the keys of `fit.json`, and the sentence.
private struct VerdictReport: Encodable {
  let verdict: FitSummary.Verdict

  private enum CodingKeys: CodingKey { case sentence }

  func encode(to encoder: any Encoder) throws {
    try verdict.encode(to: encoder)
    var container = encoder.container(keyedBy: CodingKeys.self)
    try container.encode(verdict.sentence, forKey: .sentence)
  }
}

@_cdecl("lacuna_fit_spectrum")
package func lacunaFitSpectrum(
  _ handle: UnsafeMutableRawPointer?, _ permutations: Int32, _ progress: ProgressFunction?,
  _ context: UnsafeMutableRawPointer?, _ json: UnsafeMutablePointer<UnsafeMutablePointer<CChar>?>?,
  _ message: UnsafeMutablePointer<CChar>?, _ capacity: Int64
) -> Int32 {
  MessageBuffer(text: message, capacity: capacity).attempt {
    try tell(of: handle, in: json, CallProgress(progress, context)) { try $0.spectrum(permutations: Int(permutations)) }
  }
}

@_cdecl("lacuna_fit_verdict")
package func lacunaFitVerdict(
  _ handle: UnsafeMutableRawPointer?, _ progress: ProgressFunction?, _ context: UnsafeMutableRawPointer?,
  _ json: UnsafeMutablePointer<UnsafeMutablePointer<CChar>?>?, _ message: UnsafeMutablePointer<CChar>?,
  _ capacity: Int64
) -> Int32 {
  MessageBuffer(text: message, capacity: capacity).attempt {
    try tell(of: handle, in: json, CallProgress(progress, context)) { VerdictReport(verdict: try $0.verdict) }
  }
}
