export * from '@facekp/landmarker/onnx'
