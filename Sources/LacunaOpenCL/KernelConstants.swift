/// Numbers that kernels and the host count by alike: macros of every program.
enum KernelConstants {
  /// WG: items of a one-dimensional work-group; no device has less than CLBlast's groups, which are as large.
  static let groupSize = 256
  /// TILE of `triangle.cl`: edge of the square work-groups.
  static let tileEdge = 16
  /// TS of `tridiagonal.cl`: edge of its tiles.
  static let tridiagonalTile = 64
  /// PANEL of `tridiagonal.cl`: most columns of a panel.
  static let tridiagonalPanel = 64
  /// PRODUCT_TILE of `tiles.cl`: edge of its tiles.
  static let productTile = 64
  /// WIDE_TILE of `tiles.cl`: edge of the larger ones.
  static let wideTile = 128
  /// MMA_TILE_ROWS and MMA_TILE_COLUMNS of `mma.cl`: edges of its tiles.
  static let mmaTileRows = 64
  static let mmaTileColumns = 128
  /// BAND of `band.cl`: diagonals on either side of a band that a matrix is reduced to.
  static let band = 32
  /// BAND_RUN and BAND_EDGE of `band.cl`: positions of a column of a panel, and of a product with it, that a group has.
  static let bandRun = 128
  static let bandEdge = 128
  /// FORM_TILE of `band_forms.cl` and `band_factor.cl`: rows that lie together in a band's factors, four as an item has.
  static let formTile = 4
  /// DOT_ROWS of `dots.cl`: rows that a partial sum spans.
  static let dotRows = 128
  /// SECULAR_STEPS of `secular.cl`: iterations of a root at most.
  static let secularSteps = 240
  /// SKINNY_ROWS of `skinny.cl`: rows at a time.
  static let skinnyRows = 16
  /// SKINNY_SPAN of `skinny.cl`: rows of the matrix that a partial sum spans.
  static let skinnySpan = 256
  /// PROBE_ROWS of `probe.cl`: rows that a partial sum spans.
  static let probeRows = 128
  /// PROBE_WORDS of `probe.cl`: words that a group sums.
  static let probeWords = 16384
}

extension DeviceContext {
  /// The compiler's options for every program.
  var buildOptions: String {
    var macros = [
      ("NB", smallBlock), ("TILE", KernelConstants.tileEdge), ("WG", KernelConstants.groupSize),
      ("REAL64", precision == .float64 ? 1 : 0),
      ("FP64", usesFloat64 ? 1 : 0), ("TS", KernelConstants.tridiagonalTile),
      ("PANEL", KernelConstants.tridiagonalPanel), ("SHARING", sharing),
      ("PRODUCT_TILE", KernelConstants.productTile), ("WIDE_TILE", KernelConstants.wideTile),
      ("BAND", KernelConstants.band), ("BAND_RUN", KernelConstants.bandRun), ("BAND_EDGE", KernelConstants.bandEdge),
      ("FORM_TILE", KernelConstants.formTile), ("DOT_ROWS", KernelConstants.dotRows),
      ("SECULAR_STEPS", KernelConstants.secularSteps),
      ("SKINNY_ROWS", KernelConstants.skinnyRows), ("SKINNY_SPAN", KernelConstants.skinnySpan),
      ("PROBE_ROWS", KernelConstants.probeRows), ("PROBE_WORDS", KernelConstants.probeWords),
      ("PROBE_COLUMNS", probeColumns),
    ]
    if let depth = routes.matrixDepth {
      macros += [
        ("MMA_DEPTH", depth), ("MMA_TILE_ROWS", KernelConstants.mmaTileRows),
        ("MMA_TILE_COLUMNS", KernelConstants.mmaTileColumns),
      ]
    }
    let rounding = device.roundsSingles ? " -cl-fp32-correctly-rounded-divide-sqrt" : ""
    return macros.reduce("-cl-std=CL1.2" + rounding) { $0 + " -D\($1.0)=\($1.1)" }
  }
}
