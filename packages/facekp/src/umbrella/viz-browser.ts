export * from '@facekp/viz/browser'
