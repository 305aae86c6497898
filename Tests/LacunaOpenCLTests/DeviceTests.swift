import LacunaAlgebra
import LacunaOpenCL
import Testing

@Suite("OpenCL devices") struct DeviceTests {
  @Test("an empty list is explained, and no other") func absence() {
    #expect((OpenCLDevice.absence() == nil) == !OpenCLDevice.all().isEmpty)
  }

  @Test("what is listed is consistent") func listing() {
    for (index, device) in OpenCLDevice.all().enumerated() {
      #expect(device.index == index)
      #expect(!device.name.isEmpty && !device.platform.isEmpty && !device.driver.isEmpty)
      #expect(device.isUsable == (device.obstacle == nil))
      #expect(device.largestAllocation > 0 && device.largestAllocation <= device.globalMemory)
      #expect(!device.isUsable || device.localMemory >= 16 << 10)
    }
  }

  @Test(
    "float64 sums are no choice for float64 numbers", .enabled(if: !usableDevices.isEmpty, "no usable OpenCL device"))
  func float64IsNeeded() {
    for device in usableDevices {
      var routes = Routes(device)
      routes.usesFloat64 = false
      #expect(throws: BackendError.unsupported("float64", device: device.name)) {
        _ = try OpenCLBackend<Double>(device: device, routes: routes)
      }
    }
  }
}
