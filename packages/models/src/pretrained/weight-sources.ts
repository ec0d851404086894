import { IMAGENET, type Preprocessing } from '../preprocessing.ts'

/** Pretrained weights that others publish: their location, license and preprocessing. */
export interface WeightSource {
  /** Name for `loadWeights`: publisher and weights. */
  readonly name: string
  /** Network that the weights are for. */
  readonly model: 'resnet18' | 'resnet34' | 'resnet50' | 'resnet101'
  /** Whether the network is anti-aliased, with blurs of filter size 4. */
  readonly antialias: boolean
  readonly url: string
  /** SHA-256 of the file, or its first digits, if the publisher gives it. `fetchWeights` notes the whole of the first download. */
  readonly sha256?: string
  /** License of the weights. */
  readonly license: string
  /** Page of the publisher that states the license. */
  readonly page: string
  /** Preprocessing that the weights were trained with. */
  readonly preprocessing: Preprocessing
}

const TORCHVISION = {
  antialias: false,
  preprocessing: IMAGENET,
  license: 'BSD-3-Clause; the data, ImageNet, may add terms of its own',
  page: 'https://pytorch.org/vision/stable/models.html',
}

/** File names of torchvision contain the first digits of their SHA-256. */
function torchvision(model: WeightSource['model'], version: 1 | 2, sha256: string): WeightSource {
  const url = `https://download.pytorch.org/models/${model}-${sha256}.pth`
  return { name: `torchvision/${model}.imagenet1k_v${version}`, model, url, sha256, ...TORCHVISION }
}

function timm(model: WeightSource['model'], sha256?: string): WeightSource {
  const page = `https://huggingface.co/timm/${model}.a1_in1k`
  return {
    name: `timm/${model}.a1_in1k`,
    model,
    antialias: false,
    preprocessing: IMAGENET,
    url: `${page}/resolve/main/model.safetensors`,
    ...(sha256 === undefined ? {} : { sha256 }),
    license: 'Apache-2.0; the data, ImageNet, may add terms of its own',
    page,
  }
}

function antialiased(model: WeightSource['model'], sha256: string): WeightSource {
  return {
    name: `antialiased-cnns/${model}_lpf4_finetune`,
    model,
    antialias: true,
    preprocessing: IMAGENET,
    url: `https://antialiased-cnns.s3.us-east-2.amazonaws.com/weights_v0.1/${model}_lpf4_finetune-${sha256}.pth`,
    sha256,
    license: 'CC BY-NC-SA 4.0, Adobe: for non-commercial use only',
    page: 'https://github.com/adobe/antialiased-cnns',
  }
}

/** ImageNet weights of residual networks, downloaded from their publishers; none is part of this package. */
export const WEIGHT_SOURCES: readonly WeightSource[] = [
  torchvision('resnet18', 1, 'f37072fd'),
  torchvision('resnet34', 1, 'b627a593'),
  torchvision('resnet50', 1, '0676ba61'),
  torchvision('resnet50', 2, '11ad3fa6'),
  torchvision('resnet101', 1, '63fe2227'),
  torchvision('resnet101', 2, 'cd907fc2'),
  timm('resnet18', '80c49dee3da4822c009c5a7fe591e9223c5a2cfcf95a4067ca4dfb5a7b89c612'),
  timm('resnet34'),
  timm('resnet50', '773525d5821de224f8f30c33377b7a795d7863e08522698200d3217d3f2a41bb'),
  timm('resnet101', '1ba5b660e7c175b3c27c557fc7dc8b2815be830c516815b0155f61b403f27380'),
  antialiased('resnet18', '8cc58f59'),
  antialiased('resnet34', 'db622952'),
  antialiased('resnet50', 'cad66808'),
  antialiased('resnet101', '9280acb0'),
]
