export * from '@facekp/trainer/worker'
