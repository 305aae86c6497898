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
}

/// By what the lower triangle of a product is added.
enum UpdateWay: String, Sendable {
  /// CLBlast's products of strips, each added by another kernel.
  case strips
  /// Tiles that add where the triangle lies.
  case narrowTiles, wideTiles

  var kernel: TileKernel? {
    switch self {
    case .strips: nil
    case .narrowTiles: .narrow
    case .wideTiles: .wide
    }
  }
}

extension DeviceContext {
  /// Whether the kernel of a way can run here at all.
  func offers(_ way: UpdateWay) -> Bool {
    switch way {
    case .strips: true
    case .narrowTiles: routes.actsAsGPU && groupSize == 256
    case .wideTiles: offers(.narrowTiles) && device.localMemory >= 32 << 10
    }
  }

  /// The way of one update: small ones by the tiles of which they have many.
  func updateWay(size: Int, inner: Int) -> UpdateWay {
    isSmall(rows: size, columns: size, inner: inner) ? .narrowTiles : largeUpdates
  }
}
