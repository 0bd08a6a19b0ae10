/** How pixels of 0 … 1, red, green, blue, become the input of a network: (pixel − mean) / std. */
export interface Preprocess {
  mean: number[];
  std: number[];
}

/** The means and standard deviations of ImageNet: torchvision's weights, most of timm's, and the default. */
export const imagenet: Preprocess = { mean: [0.485, 0.456, 0.406], std: [0.229, 0.224, 0.225] };

/** −1 … 1: insightface's weights, and timm's Vision Transformers. */
export const centred: Preprocess = { mean: [0.5, 0.5, 0.5], std: [0.5, 0.5, 0.5] };
