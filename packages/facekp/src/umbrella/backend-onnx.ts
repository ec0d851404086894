export * from '@facekp/backend-onnx'
