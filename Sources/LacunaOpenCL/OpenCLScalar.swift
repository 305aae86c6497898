import LacunaAlgebra

/// An element type the device computes in: `Float`, or `Double` where the device has float64.
public protocol OpenCLScalar: Scalar, Codable {}

extension Float: OpenCLScalar {}
extension Double: OpenCLScalar {}
