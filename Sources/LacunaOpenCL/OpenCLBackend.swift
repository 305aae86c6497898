import LacunaAlgebra

/// `Backend` on OpenCL: matrices stay on the device, products run through CLBlast, all else through `Kernels`.
///
/// Work is queued in order on one queue. A value may be shared between threads: each operation queues all its launches
/// before the next one's. The matrices may not.
///
/// A matrix that is larger than one buffer may be, or than 32 bits index, lies in slabs of rows, a buffer each (`Slabs`); eigenproblems
/// alone are for matrices in one buffer.
public final class OpenCLBackend<Element: OpenCLScalar>: Backend {
  public typealias Matrix = OpenCLMatrix<Element>

  public let device: OpenCLDevice
  let context: DeviceContext

  /// Opens a device, sets CLBlast's parameters and checks products and Grams against the host on odd sizes.
  /// - Parameter tilings: where the choice for a device that the built-in table does not know is kept.
  /// - Throws: `unsupported` where the device is not usable or lacks float64 that `Element` needs; `device` where a
  ///   kernel does not build or the self-test fails.
  public convenience init(device: OpenCLDevice, tilings: TilingMemory = .none) throws(BackendError) {
    try self.init(device: device, routes: Routes(device), tilings: tilings)
  }

  /// With failures forced, or other routes than the device's own, for tests.
  package init(
    device: OpenCLDevice, routes: Routes, faults: Faults = .none, tilings: TilingMemory = .none
  ) throws(BackendError) {
    self.device = device
    context = try DeviceContext(device: device, precision: Element.precision, routes: routes, faults: faults)
    try configureProducts(tilings)
  }

  /// On a GPU each block reads and writes the Gram once more: blocks are as high as leaves them a small share of its memory.
  public func rowBlock(columns: Int) -> Int {
    let usual = RowBlock.usual(columns: columns)
    guard context.routes.actsAsGPU else { return usual }
    return max(usual, min(4096, device.globalMemory / 64 / (max(columns, 1) * Element.precision.byteCount)))
  }

  /// What a product rearranges, a strip of a Gram, the panels and diagonal blocks of the factorisation and of the inverse, and on a
  /// GPU the panels of divide and conquer and of a reduction to a band; where matrices of the order lie in slabs, the same.
  public func temporaryBytes(order: Int) -> Int {
    let strip = context.largeUpdates == .clblast ? context.stripWidth(order) : 0
    let mixing = context.routes.actsAsGPU ? min(order, DivideAndConquer.panelRows) : 0
    let reduction = context.bandScratch + context.reflectorScratch
    let panels = order * (strip + 2 * context.panelWidth + context.smallBlock + mixing + reduction)
    let products = context.largeProducts == .clblast ? context.largestTemporary(order: order) : 0
    return products + panels * Element.precision.byteCount
  }

  /// Eigenvectors are formed beside those that they are formed of on a GPU, on the host elsewhere.
  public var workspaceMatrices: (tridiagonalize: Int, eigendecompose: Int) { (1, context.routes.actsAsGPU ? 2 : 1) }

  /// By what it multiplies.
  private var products: String {
    switch (context.largeProducts, context.largeUpdates) {
    case (.matrixUnits, .matrixUnits): "matrix units and CLBlast"
    case (.matrixUnits, _): "matrix units (but for Grams) and CLBlast"
    case (_, .matrixUnits): "CLBlast and matrix units (for Grams)"
    default: "CLBlast"
    }
  }

  public var description: String {
    "OpenCL \(device.name) (\(device.platform), driver \(device.driver)), \(products), \(Element.precision.rawValue)"
  }
}
