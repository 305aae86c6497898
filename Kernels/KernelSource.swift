/// The OpenCL C of the device backend, embedded in the program: one file an operation, and what they share.
public enum KernelSource: String, CaseIterable, Sendable {
  case autoregress, band, bandFactor, bandForms, bisection, blocks, cholesky, circulant, diagonal, divide, dots,
    elementwise
  case fill, finite, leaveSamplesOut, maskedGram, mixBlocks, mma, probe, reflectors, resolventForms, ritz, secular,
    skinny, tiles,
    triangle, triangular, tridiagonal, wideTiles

  /// The text that comes before every file.
  public static var common: String { String(decoding: PackageResources.common_cl, as: UTF8.self) }

  /// The text of this file, without the common part; `wideTiles` is `tiles` with larger tiles.
  public var text: String {
    let bytes =
      switch self {
      case .autoregress: PackageResources.autoregress_cl
      case .band: PackageResources.band_cl
      case .bandFactor: PackageResources.band_factor_cl
      case .bandForms: PackageResources.band_forms_cl
      case .bisection: PackageResources.bisection_cl
      case .blocks: PackageResources.blocks_cl
      case .cholesky: PackageResources.cholesky_cl
      case .circulant: PackageResources.circulant_cl
      case .diagonal: PackageResources.diagonal_cl
      case .divide: PackageResources.divide_cl
      case .dots: PackageResources.dots_cl
      case .elementwise: PackageResources.elementwise_cl
      case .fill: PackageResources.fill_cl
      case .finite: PackageResources.finite_cl
      case .leaveSamplesOut: PackageResources.leave_samples_out_cl
      case .maskedGram: PackageResources.masked_gram_cl
      case .mixBlocks: PackageResources.mix_blocks_cl
      case .mma: PackageResources.mma_cl
      case .probe: PackageResources.probe_cl
      case .reflectors: PackageResources.reflectors_cl
      case .resolventForms: PackageResources.resolvent_forms_cl
      case .ritz: PackageResources.ritz_cl
      case .secular: PackageResources.secular_cl
      case .skinny: PackageResources.skinny_cl
      case .tiles: PackageResources.tiles_cl
      case .triangle: PackageResources.triangle_cl
      case .triangular: PackageResources.triangular_cl
      case .tridiagonal: PackageResources.tridiagonal_cl
      case .wideTiles: PackageResources.tiles_cl
      }
    return (self == .wideTiles ? "#define WIDE\n" : "") + String(decoding: bytes, as: UTF8.self)
  }
}
