import LacunaKernels

/// A kernel that computes products a tile a work-group, with the arguments and the shapes of `tiles.cl`.
struct TileKernel {
  let source: KernelSource
  let name: String
  /// Rows and columns of a tile.
  let rows, columns: Int

  /// Small tiles, of which small products have many.
  static let narrow = TileKernel(
    source: .tiles, name: "tile_product", rows: KernelConstants.productTile, columns: KernelConstants.productTile)
  static let wide = TileKernel(
    source: .wideTiles, name: "tile_product", rows: KernelConstants.wideTile, columns: KernelConstants.wideTile)
  static let matrixUnits = TileKernel(
    source: .mma, name: "mma_product", rows: KernelConstants.mmaTileRows, columns: KernelConstants.mmaTileColumns)
}

/// By what a product, or the lower triangle of one that is added to a matrix, is computed.
enum ProductWay: String, Sendable {
  /// CLBlast; a triangle strip after strip, each added by another kernel.
  case clblast
  /// Tiles, which add where the result lies.
  case narrowTiles, wideTiles
  /// Tiles by the matrix units of NVIDIA's chips, in float64.
  case matrixUnits

  var kernel: TileKernel? {
    switch self {
    case .clblast: nil
    case .narrowTiles: .narrow
    case .wideTiles: .wide
    case .matrixUnits: .matrixUnits
    }
  }
}

/// What is settled once for a device that was measured.
struct ProductWays: Sendable {
  /// By what large products and rank updates are computed.
  var products, updates: ProductWay
  /// Operations of one product's launch.
  var longest: Int
}

extension DeviceContext {
  /// Takes what was settled.
  func adopt(_ ways: ProductWays) {
    (largeProducts, largeUpdates) = (ways.products, ways.updates)
    if routes.longestProduct == nil { longestProduct = ways.longest }
  }

  /// Whether the kernel of a way can run here at all.
  func offers(_ way: ProductWay) -> Bool {
    switch way {
    case .clblast: true
    case .narrowTiles: routes.actsAsGPU
    case .wideTiles: offers(.narrowTiles) && device.localMemory >= 32 << 10
    case .matrixUnits: offers(.wideTiles) && precision == .float64 && routes.matrixDepth != nil
    }
  }

  /// The way of one rank update: small ones by the tiles of which they have many, but for matrix units.
  func updateWay(size: Int, inner: Int) -> ProductWay {
    largeUpdates != .matrixUnits && isSmall(rows: size, columns: size, inner: inner) ? .narrowTiles : largeUpdates
  }

  /// The tiles of a product that is small for CLBlast: those of matrix units are taller than a block of the factorisation.
  func smallTiles(rows: Int) -> TileKernel {
    rows > smallBlock ? largeProducts.kernel ?? .narrow : .narrow
  }
}
