export * from '@facekp/weights'
