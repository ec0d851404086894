export * from '@facekp/landmarker'
