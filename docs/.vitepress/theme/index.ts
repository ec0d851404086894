import type { Theme } from 'vitepress'
import DefaultTheme from 'vitepress/theme'
import PackageList from './PackageList.vue'
import PageList from './PageList.vue'
import './style.css'

const theme: Theme = {
  extends: DefaultTheme,
  enhanceApp: ({ app }) => {
    app.component('PackageList', PackageList)
    app.component('PageList', PageList)
  },
}

export default theme
