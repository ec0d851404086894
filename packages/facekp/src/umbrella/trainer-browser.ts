export * from '@facekp/trainer/browser'
