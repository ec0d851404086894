export * from '@facekp/landmarker/node'
