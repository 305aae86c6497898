import LacunaAlgebra

/// An element type the device computes in: `Float`, or `Double` where the device has float64.
public protocol OpenCLScalar: Scalar {}

extension Float: OpenCLScalar {}
extension Double: OpenCLScalar {}
