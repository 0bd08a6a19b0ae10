// Generated from schemas/experiment.schema.json by `npm run generate`; do not edit.

/**
 * A loss on pairs or triplets of a batch, discriminated by loss.
 */
export type MetricLoss = TripletLoss | ContrastiveLoss | SupervisedContrastiveLoss;
/**
 * An augmentation effect, discriminated by effect.
 */
export type Effect =
  | HorizontalFlip
  | Affine
  | RandomCrop
  | Downscale
  | BrightnessContrast
  | Gamma
  | HueSaturation
  | GaussianBlur
  | MotionBlur
  | Defocus
  | Noise
  | IsoNoise
  | ShotNoise
  | Jpeg
  | Rain
  | Fog
  | FogPatches
  | LowLight
  | Overexposure
  | Glare
  | SunFlare
  | Shadow
  | CoarseDropout
  | OneOf
  | SomeOf
  | Sequence;
/**
 * What an axis takes: a list of values, or one of range, uniform, log_uniform, int, choice and normal.
 */
export type Axis = unknown[] | Distribution;
/**
 * A condition over keys: an expression such as `optimizer.lr > 0.01 and model.backbone == "resnet50"`, or a map of paths to a value or a list of values, all of which must hold.
 */
export type Condition = string | {};

/**
 * A facecom experiment: what to train, on what, how, and how to search over it.
 */
export interface Experiment {
  /**
   * Name of the experiment; the folder of its runs.
   */
  name: string;
  /**
   * What the experiment is for; shown in MLflow as the run's note.
   */
  description: string;
  /**
   * Free labels, sent to MLflow as tags.
   */
  tags: {
    [k: string]: string;
  };
  /**
   * One spec or several, relative to this file, whose values this one overrides.
   */
  extends?: string | string[];
  /**
   * Files of one's own backbones, heads, losses, effects, sources and samplers (docs/plugins.md), relative to this file; what they contain decides the trial's id.
   */
  plugins?: string[];
  /**
   * Seed of every random stream of the run.
   */
  seed: number;
  /**
   * Where the images come from and how they are split.
   */
  data: {
    /**
     * synthetic: faces drawn procedurally; auto: looks at the folder and reports what it is; facecom (or annotations): annotations.json and images/; competition: the FaceCom challenge's Task_A and Task_B; folders: one folder an identity; csv, jsonl: a table with a line an image; pairs: a list of pairs for verification; several: the sources of data.sources together.
     */
    source:
      | 'synthetic'
      | 'auto'
      | 'facecom'
      | 'annotations'
      | 'competition'
      | 'folders'
      | 'csv'
      | 'jsonl'
      | 'pairs'
      | 'several';
    /**
     * Folder of the data set, relative to the working directory; required by every source but synthetic and several.
     */
    path?: string;
    /**
     * Table of source csv or jsonl, or a table of genders beside folders; relative to data.path. Left out: the only such file there.
     */
    file?: string;
    /**
     * Names of the table's columns.
     */
    columns: {
      /**
       * Path of the image, relative to the table or to data.path.
       */
      image: string;
      /**
       * Gender; its spellings are those of data.genders.
       */
      gender: string;
      /**
       * Name or number of the identity.
       */
      identity: string;
      /**
       * Side of the image: train, validation (val) or test.
       */
      split: string;
      /**
       * First image of a pair.
       */
      left: string;
      /**
       * Second image of a pair.
       */
      right: string;
      /**
       * 1 where a pair shows one identity, else 0.
       */
      same: string;
    };
    /**
     * What separates the columns of a CSV file; \t for a tab.
     */
    delimiter: string;
    /**
     * Spellings of the genders in labels and folder names; others are refused, never guessed.
     */
    genders: {
      /**
       * Spellings of Male.
       */
      male: string[];
      /**
       * Spellings of Female.
       */
      female: string[];
    };
    /**
     * List of pairs of images for verification, relative to data.path: a CSV file, or a text in the form of pairs.txt of LFW.
     */
    pairs?: string;
    /**
     * Sources that source several puts together.
     */
    sources: Source[];
    /**
     * Side of the square training image, pixels.
     */
    image_size: number;
    /**
     * How an image that is not square becomes so: stretch: squeezed; crop: its middle; pad: whole, with black bars.
     */
    fit: 'stretch' | 'crop' | 'pad';
    /**
     * What an image that cannot be read does: fail: nothing is launched; skip: it is left out, and reported.
     */
    on_error: 'fail' | 'skip';
    /**
     * Fractions of the images for training, validation and test, drawn by the seed.
     */
    split: {
      /**
       * Fraction for training.
       */
      train: number;
      /**
       * Fraction for validation (model selection).
       */
      validation: number;
      /**
       * Fraction for the final test.
       */
      test: number;
      /**
       * image: images of each identity are divided (closed set); identity: identities are divided.
       */
      by: 'image' | 'identity';
      /**
       * Seed of the split; the same for every trial of a sweep over `seed` unless changed.
       */
      seed: number;
      /**
       * Use the sides that the source gives (the competition's train and val, a column split); a side without images is cut from training.
       */
      given: boolean;
      /**
       * Folds of a cross-validation in place of the fractions; 0: none. Fold `fold` is for test, the next one for validation.
       */
      folds: number;
      /**
       * Which fold is for test, counted from 0.
       */
      fold: number;
      /**
       * gender: each side gets its share of men and of women. Images of an identity are divided evenly in any case.
       */
      stratify: 'none' | 'gender';
      /**
       * Keep images on one side that look alike (perceptual hash); every image is decoded once for it.
       */
      near_duplicates: boolean;
    };
    /**
     * Keep decoded images at training size in the user's cache folder.
     */
    cache: boolean;
    /**
     * Train on labels permuted among the training images: a control that must stay at chance.
     */
    shuffle_labels: boolean;
    /**
     * The synthetic faces; read only by source synthetic.
     */
    synthetic: {
      /**
       * Identities.
       */
      identities: number;
      /**
       * Images of each identity.
       */
      images_per_identity: number;
      /**
       * Seed of the drawing.
       */
      seed: number;
      /**
       * Fraction of the images drawn under one of the seven bad conditions.
       */
      conditions: number;
    };
  };
  /**
   * The shared backbone and its heads.
   */
  model: {
    /**
     * Shared feature extractor; tiny is for tests.
     */
    backbone:
      | 'resnet18'
      | 'resnet34'
      | 'resnet50'
      | 'resnet101'
      | 'iresnet18'
      | 'iresnet50'
      | 'mobilenet_v2'
      | 'mobilenet_v3_small'
      | 'efficientnet_b0'
      | 'convnext_tiny'
      | 'vgg19_bn'
      | 'vit_small'
      | 'tiny';
    /**
     * Weights to start from: a file (safetensors, or PyTorch's .pth and .pt; names of torchvision, timm, insightface or facecom), or run:NAME, a run's best checkpoint. Left out: random.
     */
    weights?: string;
    /**
     * How pixels of 0 to 1 become the network's input: (pixel − mean) / std. Left out: what the weights were trained with, else ImageNet's.
     */
    preprocess?: {
      /**
       * Means of red, green and blue.
       *
       * @minItems 3
       * @maxItems 3
       */
      mean: [number, number, number];
      /**
       * Standard deviations of red, green and blue.
       *
       * @minItems 3
       * @maxItems 3
       */
      std: [number, number, number];
      /**
       * Order of the channels that the weights expect: their first filter is turned where it is BGR.
       */
      colour: 'RGB' | 'BGR';
    };
    /**
     * Parameters that do not learn: names, * for any text, or the parts backbone, heads, gender_head, identity_head.
     */
    freeze: string[];
    /**
     * One head a task.
     */
    heads: {
      /**
       * Linear(features, hidden), ReLU, Dropout, Linear(hidden, 1); binary cross-entropy with logits.
       */
      gender: {
        /**
         * Width of the hidden layer; 0: none, Dropout and Linear(features, 1).
         */
        hidden: number;
        /**
         * Dropout rate.
         */
        dropout: number;
        /**
         * mlp, as described, or a head of a plugin.
         */
        head: 'mlp';
      };
      /**
       * Linear(features, hidden), ReLU, Dropout, Linear(hidden, identities); with an embedding: Dropout, Linear(features, embedding), a neck, and a classifier over identities.
       */
      identity: {
        /**
         * Width of the hidden layer; 0: none. Not used with an embedding.
         */
        hidden: number;
        /**
         * Dropout rate.
         */
        dropout: number;
        /**
         * mlp, as described, or a head of a plugin.
         */
        head: 'mlp';
        /**
         * Width of the embedding, which faces are matched by; 0: a plain classifier.
         */
        embedding: number;
        /**
         * After the embedding: none; batch: a batch normalisation; bnneck (Luo et al., 2019): metric losses see the embedding before it, the classifier and matching after it.
         */
        neck: 'none' | 'batch' | 'bnneck';
        /**
         * Classification loss: softmax, or a margin loss over the angles between embedding and classes; none: metric losses alone.
         */
        loss: 'softmax' | 'arcface' | 'cosface' | 'adaface' | 'subcenter' | 'none';
        /**
         * Margin of a margin loss. Left out: 0.5 for arcface and subcenter, 0.35 for cosface, 0.4 for adaface.
         */
        margin?: number;
        /**
         * Scale of the cosines of a margin loss.
         */
        scale: number;
        /**
         * Centers a class of subcenter.
         */
        centers: number;
        /**
         * Epochs over which the margin rises from 0.
         */
        margin_warmup: number;
        /**
         * Metric losses on the embedding, added with their weights.
         */
        metric: MetricLoss[];
      };
    };
  };
  /**
   * alpha × gender loss + beta × identity loss.
   */
  loss: {
    /**
     * Weight of the gender loss.
     */
    alpha: number;
    /**
     * Weight of the identity loss.
     */
    beta: number;
    /**
     * Label smoothing of the identity loss.
     */
    label_smoothing: number;
    /**
     * The function of each loss: cross-entropy, or one of a plugin.
     */
    functions: {
      /**
       * Of the gender loss.
       */
      gender: 'cross_entropy';
      /**
       * Of the identity loss.
       */
      identity: 'cross_entropy';
    };
    /**
     * How the two losses are weighed: fixed by alpha and beta; uncertainty (Kendall et al., 2018), learnt; dwa, by how fast each falls (Liu et al., 2019); gradnorm, by the norms of their gradients (Chen et al., 2018); pcgrad, alpha and beta with conflicting gradients projected (Yu et al., 2020).
     */
    balance: 'fixed' | 'uncertainty' | 'dwa' | 'gradnorm' | 'pcgrad';
    /**
     * What the gender loss weighs.
     */
    gender: {
      /**
       * Exponent of the focal loss (Lin et al., 2017); 0: cross-entropy.
       */
      focal: number;
      /**
       * Label smoothing of the gender loss.
       */
      smoothing: number;
      /**
       * balanced: each class counts alike, whatever its number of images.
       */
      class_weights: 'none' | 'balanced';
    };
    /**
     * What the identity loss weighs.
     */
    identity: {
      /**
       * Exponent of the focal loss (Lin et al., 2017); 0: cross-entropy.
       */
      focal: number;
      /**
       * balanced: each class counts alike, whatever its number of images.
       */
      class_weights: 'none' | 'balanced';
    };
  };
  /**
   * What is done to training images, redrawn for each image and epoch.
   */
  augment: {
    /**
     * A named policy, or a list of effects with their parameters, applied in order. none: images as they are. light: little changes that any face image stands: for clean images, fine-tuning and last epochs. replaced-program: the recipe of the PyTorch script that facecom replaces, for comparisons with it: brightness, blur, flip, rain and fog. facecom-weather: the default: the recipe of `replaced-program` with fog over the whole image, and the other conditions that FaceCom tests, each now and then: motion blur, low light, overexposure, noise. facecom-strong: all of FaceCom’s conditions, one kind of each at a time, with the crops and low resolutions that help recognition: for long training and many images of an identity.
     */
    policy: ('none' | 'light' | 'replaced-program' | 'facecom-weather' | 'facecom-strong') | Effect[];
    /**
     * How far the parameters of effects are from where they do nothing: 1 as the policy says, 0.5 half as far, 0 not at all. Probabilities and flips are not changed by it.
     */
    strength: number;
    /**
     * Strength over the epochs, a factor of augment.strength: linear between the points, constant before the first and after the last; epochs count from 1.
     */
    schedule: {
      /**
       * The epoch, from 1.
       */
      epoch: number;
      /**
       * The factor in that epoch.
       */
      strength: number;
    }[];
    /**
     * Most effects that meet in one image, of which one at most changes the light of the whole (brightness, gamma, rain, fog, low light, overexposure, glare, flare): drawn among those that the policy gave. Flips, crops and affine are not counted. 0: no limit.
     */
    max_effects: number;
    /**
     * Mixup: images of a batch blended in pairs, the losses of both labels in the same shares, for gender and identity.
     */
    mixup: {
      /**
       * Probability with which a batch is mixed so.
       */
      p: number;
      /**
       * Both parameters of the beta distribution of the share; small: mostly one of the two.
       */
      alpha: number;
    };
    /**
     * CutMix: a rectangle of each image taken from another, the losses of both labels in the shares of the area, for gender and identity.
     */
    cutmix: {
      /**
       * Probability with which a batch is mixed so.
       */
      p: number;
      /**
       * Both parameters of the beta distribution of the area; 1: any area alike.
       */
      alpha: number;
    };
  };
  /**
   * The optimizer, discriminated by name.
   */
  optimizer: Adam | AdamW | Sgd | Lamb;
  /**
   * The learning rate over time, discriminated by name.
   */
  schedule:
    | ConstantSchedule
    | PlateauSchedule
    | CosineSchedule
    | PolynomialSchedule
    | StepSchedule
    | OneCycleSchedule;
  /**
   * The training loop.
   */
  train: {
    /**
     * Passes over the training images.
     */
    epochs: number;
    /**
     * Images a step of the optimizer.
     */
    batch_size: number;
    /**
     * Micro-batches a step: batch_size is divided by it.
     */
    accumulation: number;
    /**
     * Arithmetic of the forward and backward pass; auto takes bfloat16 where the processor or GPU is faster in it.
     */
    precision: 'auto' | 'float32' | 'bfloat16';
    /**
     * lean: what batch normalisation followed by ReLU gives is computed again for the backward pass, not kept; of the backend onednn.
     */
    memory: 'fast' | 'lean';
    /**
     * Largest global norm of the gradient; 0: not clipped.
     */
    clip: number;
    /**
     * Decay of the moving average of the weights used in evaluation; 0: none.
     */
    ema: number;
    /**
     * Steps between two validations within an epoch, each of which may find the best checkpoint; 0: after each epoch alone. Early stopping and the schedule count epochs in any case.
     */
    validate_every: number;
    /**
     * Where a phase trains nothing of the backbone: its features are computed once for each image and kept. Only with augmentation that leaves images as they are.
     */
    cache_features: boolean;
    /**
     * Stops when the monitored score has not improved.
     */
    early_stopping: {
      /**
       * Whether to stop early.
       */
      enabled: boolean;
      /**
       * Metric that is watched and chooses the best checkpoint.
       */
      monitor: string;
      /**
       * Whether the metric is to rise or to fall.
       */
      mode: 'max' | 'min';
      /**
       * Epochs without improvement.
       */
      patience: number;
    };
    /**
     * Epoch from whose end on the weights are averaged, one epoch like another (Izmailov et al., 2018), moving averages of normalisations included; 0: none.
     */
    swa: number;
    /**
     * Which images an epoch's batches hold.
     */
    sampler: {
      /**
       * shuffle: every image once; gender_balanced, identity_balanced: as many images, drawn so that women and men, or all identities, are equally likely; pk: batches of some identities with some images each, for metric losses.
       */
      name: 'shuffle' | 'gender_balanced' | 'identity_balanced' | 'pk';
      /**
       * Identities of a batch of pk.
       */
      identities: number;
      /**
       * Images of each in a batch of pk, whose product with identities is train.batch_size; an identity with fewer is shown some twice.
       */
      images: number;
    };
    /**
     * Images of one identity in an epoch of sampler shuffle, redrawn each epoch; 0: all.
     */
    max_per_identity: number;
    /**
     * Parts of the training, one after another, each with a learning rate and parameters of its own and the schedule from its start; the last lasts until train.epochs.
     */
    phases: Phase[];
    /**
     * What is kept of the checkpoints. best holds the weights alone, last all that training continues from.
     */
    checkpoints: {
      /**
       * How many of the best epochs' weights are kept.
       */
      keep: number;
      /**
       * Whether last.safetensors stays when the run has finished.
       */
      keep_last: boolean;
    };
    /**
     * Identities whose images are trained on, drawn by the seed; 0: all.
     */
    max_identities: number;
  };
  /**
   * How a model is scored.
   */
  evaluate: {
    /**
     * Weights of val/combined and test/combined.
     */
    score: {
      /**
       * Weight of the gender accuracy.
       */
      gender: number;
      /**
       * Weight of the identity top-1 accuracy.
       */
      identity: number;
    };
    /**
     * Images an evaluation step.
     */
    batch_size: number;
    /**
     * Bad conditions under which the test images are scored as well: test/<condition>/…, means over the severities.
     */
    conditions: (
      | 'motion_blur'
      | 'overexposure'
      | 'fog'
      | 'rain'
      | 'low_light'
      | 'noise'
      | 'glare'
      | 'resize'
      | 'contrast'
      | 'brightness'
    )[];
    /**
     * Severities of the conditions, 1 mild to 5 severe.
     */
    severities: number[];
    /**
     * Matching by features: verification (pairs) and identification (clean gallery, distorted probes).
     */
    matching: {
      /**
       * auto: where identities are scored whom training does not know, where the data set has a list of pairs, or where a metric of matching is monitored.
       */
      when: 'auto' | 'always' | 'never';
      /**
       * sampled: pairs_per_identity of each identity and as many of different identities; all: every pair; given: data.pairs. A list of pairs is used if there is one and this is left at sampled.
       */
      pairs: 'sampled' | 'all' | 'given';
      /**
       * Pairs drawn of each identity.
       */
      pairs_per_identity: number;
      /**
       * Share of the sampled pairs of different identities that are hard: an image and the most similar one of somebody else. Scores then do not compare with those of other models' pairs.
       */
      hard: number;
      /**
       * Share of the identities left out of the gallery for the open-set score: their probes are to be rejected.
       */
      open_set: number;
      /**
       * Seed of the pairs and of who is left out of the gallery.
       */
      seed: number;
    };
    /**
     * Test-time augmentation of the final scores: flip averages each image with its mirror image.
     */
    tta: 'none' | 'flip';
    /**
     * Bootstrap samples (of identities) behind the 95 % intervals of the test scores; 0: none.
     */
    intervals: number;
  };
  /**
   * What a trial runs on.
   */
  resources: {
    /**
     * auto, cpu, or gpu:N.
     */
    device: string;
    /**
     * GPUs a trial: 2 or more divide each batch among them, 0.5 shares one between two trials. Ignored if there is no GPU and device is auto.
     */
    gpus: number;
    /**
     * CPU cores a trial; 0: the machine's cores divided among the trials that run at once.
     */
    cpus: number;
    /**
     * Memory a trial needs, such as 4GB; trials wait until it is free.
     */
    memory?: string;
    /**
     * Tensor backend; auto: native TensorFlow on a GPU, oneDNN called directly on x86-64 CPUs with Linux, else native TensorFlow, or wasm where neither is installed.
     */
    backend: 'auto' | 'onednn' | 'tensorflow' | 'wasm' | 'webgpu' | 'cpu';
    /**
     * Several trials on one GPU, as many as fit by what the preflight measured.
     */
    pack: boolean;
    /**
     * Where trainers are started, discriminated by name.
     */
    launcher: Local | Slurm | Ray;
    /**
     * What facecom sweep --render k8s writes into its manifest.
     */
    kubernetes: {
      /**
       * Container image with Node and facecom.
       */
      image: string;
      /**
       * Persistent volume claim with the run folders, the data and facecom, which all pods mount.
       */
      claim: string;
      /**
       * Where the claim is mounted; the working folder, and paths in it, must be the same as here.
       */
      mount?: string;
      /**
       * Kueue's local queue: the label kueue.x-k8s.io/queue-name.
       */
      queue?: string;
      /**
       * Namespace.
       */
      namespace?: string;
      /**
       * Labels that a node must have.
       */
      node_selector: {
        [k: string]: string;
      };
    };
    /**
     * Trials at once; 0: as many as the devices hold.
     */
    max_parallel: number;
    /**
     * How often a trial is started again after each class of failure; 0: it stays failed.
     */
    retry: {
      /**
       * Out of memory (GPU or host): again with half the micro-batch and twice the accumulation, the same effective batch.
       */
      oom: number;
      /**
       * A loss that is no finite number.
       */
      nan: number;
      /**
       * The data set cannot be used.
       */
      data: number;
      /**
       * The trainer failed in another way.
       */
      code: number;
      /**
       * Killed by a signal: continues from the last checkpoint.
       */
      killed: number;
      /**
       * Ran longer than resources.timeout: continues from the last checkpoint.
       */
      timeout: number;
      /**
       * Wrote no event for resources.silence, or a cluster lost its job: continues from the last checkpoint.
       */
      lost: number;
      /**
       * The machine's fault, such as a full disk or a missing library: the sweep pauses before it continues.
       */
      infrastructure: number;
      /**
       * Stopped from outside in good order: continues from the last checkpoint.
       */
      interrupted: number;
    };
    /**
     * Seconds before the first retry; doubled for each further one, up to 5 minutes, and varied by up to half.
     */
    retry_delay: number;
    /**
     * Seconds that a trainer may run at a time; 0: without end.
     */
    timeout: number;
    /**
     * Seconds that a trainer has to save and end when it is asked to stop; then it is killed.
     */
    grace: number;
    /**
     * Seconds without an event after which a trainer is taken for lost; 0: never.
     */
    silence: number;
    /**
     * The same failure in this many trials running stops the sweep; 0: never.
     */
    circuit_breaker: number;
  };
  /**
   * The built-in trainer, or a command of one's own that keeps to the record's schema.
   */
  trainer: {
    /**
     * Program and arguments, relative paths from the working directory; it gets FACECOM_RUN_DIR.
     */
    command?: string[];
    /**
     * Hyperparameters of an external trainer: any keys and values. They are part of the trial's id and can be swept (trainer.params.margin).
     */
    params?: {
      [k: string]: unknown;
    };
    /**
     * A JSON Schema that trainer.params keeps to; a path relative to the working directory.
     */
    schema?: string;
  };
  /**
   * Where MLflow shows the run.
   */
  tracking: {
    /**
     * auto: MLFLOW_TRACKING_URI if set, else a local server; off; or a server's URI.
     */
    mlflow: string;
    /**
     * Who sends a run: the command that runs the sweep, or, on a cluster, each job from its node.
     */
    from: 'orchestrator' | 'jobs';
    /**
     * MLflow's experiment.
     */
    experiment: string;
    /**
     * What MLflow's experiment is for; shown there unless somebody has written something else.
     */
    description: string;
    /**
     * Send the best checkpoint of a finished run as a model (ONNX), which MLflow's Python client loads.
     */
    model: boolean;
    /**
     * Name under which the model is registered in MLflow, NAME or NAME@ALIAS (alias `newest` if left out); empty: it is not. A registered model is sent, too.
     */
    register: string;
    /**
     * Whether MLflow gets the local changes since the commit, too: record/changes.diff, keys left out.
     */
    changes: boolean;
  };
  /**
   * A message by webhook when a run or a sweep ends: a small JSON whose `text` Slack and its like show.
   */
  notify?: {
    /**
     * Where it is posted. The address of a webhook is a secret: write `${NAME}`, which is read from the environment when the message is sent and is recorded as it stands here.
     */
    url: string;
    /**
     * finished: everything finished; failed: a run failed, or trials of a sweep did, or it was halted.
     */
    on: ('finished' | 'failed')[];
  };
  /**
   * The trials of `facecom sweep`; `facecom run` does not read it.
   */
  sweep?: {
    /**
     * grid: every point; random: independent draws; sobol: draws that fill the space evenly (a scrambled Sobol sequence); tpe: points that what was found so far promises most of.
     */
    method: 'grid' | 'random' | 'sobol' | 'tpe';
    /**
     * Points to draw; random and sobol need it, tpe needs it or a budget, a grid has as many as it has.
     */
    trials?: number;
    /**
     * Seed of the draws of random, sobol and tpe.
     */
    seed: number;
    /**
     * Trials a point: the same values with seed, seed + 1, …; tables show their mean and interval.
     */
    repeats: number;
    /**
     * More trials than this are refused; none is ever cut off.
     */
    limit: number;
    /**
     * What trials are compared by.
     */
    objective: {
      /**
       * Metric of the record.
       */
      metric: string;
      /**
       * Whether the metric is to rise or to fall.
       */
      mode: 'max' | 'min';
    };
    /**
     * Two or three metrics to weigh against each other, in place of `objective`; results are the trials that no other beats in all of them.
     *
     * Items: One of several objectives.
     */
    objectives?: {
      /**
       * Metric of the record.
       */
      metric: string;
      /**
       * Whether the metric is to rise or to fall.
       */
      mode: 'max' | 'min';
    }[];
    /**
     * What a search may use; no trial is started beyond it, and those that run are finished.
     */
    budget?: {
      /**
       * Trials, each repeat counted.
       */
      trials?: number;
      /**
       * Time for which the sweep ran, without what lies between two commands.
       */
      hours?: number;
      /**
       * Time of all trials, times the devices of each.
       */
      device_hours?: number;
    };
    /**
     * Names of earlier sweeps whose finished trials a search knows from the start.
     */
    warm_start: string[];
    /**
     * More seeds for the leading points once all trials have ended: until the best is shown to be better than the others, or as good as they are within `ci`.
     */
    until?: {
      /**
       * A difference of this size is of no interest: points whose interval of the difference from the best is narrower on either side get no more seeds.
       */
      ci: number;
      /**
       * Trials of a point at most.
       */
      max_repeats: number;
    };
    /**
     * Whether the costliest trials run three steps before the sweep begins, so that one that cannot fit is known then; auto: before sweeps of 200 epochs and more.
     */
    preflight: 'auto' | 'always' | 'never';
    /**
     * Stops trials early that others are better than by then. Their checkpoints stay.
     */
    stopping?: {
      /**
       * asha: the best of each rung continue; hyperband: the same in brackets with fewer and fewer rungs; median: what is worse than the median of finished trials is stopped.
       */
      rule: 'asha' | 'hyperband' | 'median';
      /**
       * First epoch at which a trial may be stopped: the lowest rung.
       */
      min_epochs: number;
      /**
       * One of so many trials of a rung continues, and rungs lie at min_epochs times its powers.
       */
      reduction: number;
      /**
       * Finished trials before the median rule stops any.
       */
      startup: number;
      /**
       * Epochs between two looks of the median rule.
       */
      interval: number;
      /**
       * Whether a stopped trial is taken up again when it is among the best of its rung after all.
       */
      promote: boolean;
    };
    /**
     * What varies: any key by its dotted path (`augment.policy[0].p` for an item of a list) and the values it takes.
     */
    axes: {
      [k: string]: Axis;
    };
    /**
     * Groups of axes that advance together: the first values of each, then the second, ….
     */
    zip: string[][];
    /**
     * By path of an axis, the condition under which it exists; elsewhere its key keeps the value it has without the sweep.
     */
    when: {
      [k: string]: Condition;
    };
    /**
     * Combinations that are not run: a trial for which one of these holds.
     */
    exclude: Condition[];
    /**
     * Combinations that are run: all of these hold in every trial.
     */
    require: Condition[];
    /**
     * One group of paths that add up to a total, or a list of groups.
     */
    simplex?: Simplex[] | Simplex;
  };
}
/**
 * One source of several.
 */
export interface Source {
  /**
   * As data.source.
   */
  source: 'auto' | 'facecom' | 'annotations' | 'competition' | 'folders' | 'csv' | 'jsonl' | 'pairs';
  /**
   * Folder of the data set, relative to the working directory.
   */
  path: string;
  /**
   * Put before the names of its images and identities, so that equal names of two sources stay apart.
   */
  prefix: string;
  /**
   * Table of source csv or jsonl, or a table of genders beside folders; relative to data.path. Left out: the only such file there.
   */
  file?: string;
  /**
   * Names of the table's columns.
   */
  columns: {
    /**
     * Path of the image, relative to the table or to data.path.
     */
    image: string;
    /**
     * Gender; its spellings are those of data.genders.
     */
    gender: string;
    /**
     * Name or number of the identity.
     */
    identity: string;
    /**
     * Side of the image: train, validation (val) or test.
     */
    split: string;
    /**
     * First image of a pair.
     */
    left: string;
    /**
     * Second image of a pair.
     */
    right: string;
    /**
     * 1 where a pair shows one identity, else 0.
     */
    same: string;
  };
  /**
   * What separates the columns of a CSV file; \t for a tab.
   */
  delimiter: string;
  /**
   * Spellings of the genders in labels and folder names; others are refused, never guessed.
   */
  genders: {
    /**
     * Spellings of Male.
     */
    male: string[];
    /**
     * Spellings of Female.
     */
    female: string[];
  };
  /**
   * List of pairs of images for verification, relative to data.path: a CSV file, or a text in the form of pairs.txt of LFW.
   */
  pairs?: string;
}
export interface TripletLoss {
  /**
   * Triplets of one batch (Schroff et al., 2015; Hermans et al., 2017).
   */
  loss: 'triplet';
  /**
   * What it is multiplied by.
   */
  weight: number;
  /**
   * By how much the other identity must be further away.
   */
  margin: number;
  /**
   * hard: the farthest image of the identity and the nearest of another; semi_hard: every pair of an identity, with the nearest other that is further away than it.
   */
  mining: 'hard' | 'semi_hard';
}
export interface ContrastiveLoss {
  /**
   * Pairs of one batch: one identity near, two identities at least a margin apart (Hadsell et al., 2006).
   */
  loss: 'contrastive';
  /**
   * What it is multiplied by.
   */
  weight: number;
  /**
   * Distance beyond which two identities no longer count.
   */
  margin: number;
}
export interface SupervisedContrastiveLoss {
  /**
   * Supervised contrastive loss (Khosla et al., 2020).
   */
  loss: 'supcon';
  /**
   * What it is multiplied by.
   */
  weight: number;
  /**
   * What the cosines are divided by.
   */
  temperature: number;
}
export interface HorizontalFlip {
  /**
   * Left and right exchanged, as albumentations.HorizontalFlip.
   */
  effect: 'horizontal_flip';
  /**
   * Probability with which it is applied to an image.
   */
  p: number;
}
export interface Affine {
  /**
   * Scaled, moved, turned and sheared, as albumentations.Affine with milder defaults.
   */
  effect: 'affine';
  /**
   * Probability with which it is applied to an image.
   */
  p: number;
  /**
   * Factor of the size.
   *
   * @minItems 2
   * @maxItems 2
   */
  scale: [number, number];
  /**
   * Way along x, and another along y, as fractions of the side.
   *
   * @minItems 2
   * @maxItems 2
   */
  translate_percent: [number, number];
  /**
   * Angle, degrees counter-clockwise.
   *
   * @minItems 2
   * @maxItems 2
   */
  rotate: [number, number];
  /**
   * Angle of the shear along x, and another along y, degrees.
   *
   * @minItems 2
   * @maxItems 2
   */
  shear: [number, number];
  /**
   * Whether what comes from outside is the image mirrored at its edge (cv2.BORDER_REFLECT_101); else it is fill.
   */
  reflect: boolean;
  /**
   * Colour of what comes from outside, without reflect. RGB, 0..255.
   *
   * @minItems 3
   * @maxItems 3
   */
  fill: [number, number, number];
}
export interface RandomCrop {
  /**
   * A part of the image made as large as the whole, as albumentations.RandomResizedCrop.
   */
  effect: 'random_crop';
  /**
   * Probability with which it is applied to an image.
   */
  p: number;
  /**
   * Area of the part, as a fraction of the image.
   *
   * @minItems 2
   * @maxItems 2
   */
  scale: [number, number];
  /**
   * Width of the part over its height.
   *
   * @minItems 2
   * @maxItems 2
   */
  ratio: [number, number];
  /**
   * Whether the part stays where it is and the rest becomes fill, as AdaFace trains.
   */
  in_place: boolean;
  /**
   * Colour of the rest, with in_place. RGB, 0..255.
   *
   * @minItems 3
   * @maxItems 3
   */
  fill: [number, number, number];
}
export interface Downscale {
  /**
   * Made small and large again, as albumentations.Downscale: a face that is far away.
   */
  effect: 'downscale';
  /**
   * Probability with which it is applied to an image.
   */
  p: number;
  /**
   * Side of the small image, as a fraction.
   *
   * @minItems 2
   * @maxItems 2
   */
  scale_range: [number, number];
  /**
   * Share of images that are made large by repeating pixels (cv2.INTER_NEAREST_EXACT); the others are interpolated.
   */
  nearest: number;
}
export interface BrightnessContrast {
  /**
   * Brightness and contrast, as albumentations.RandomBrightnessContrast.
   */
  effect: 'brightness_contrast';
  /**
   * Probability with which it is applied to an image.
   */
  p: number;
  /**
   * Added, as a fraction of 255.
   *
   * @minItems 2
   * @maxItems 2
   */
  brightness_limit: [number, number];
  /**
   * Added to the factor 1.
   *
   * @minItems 2
   * @maxItems 2
   */
  contrast_limit: [number, number];
}
export interface Gamma {
  /**
   * Midtones brighter or darker, as albumentations.RandomGamma.
   */
  effect: 'gamma';
  /**
   * Probability with which it is applied to an image.
   */
  p: number;
  /**
   * Exponent in hundredths; below 100 brighter, above darker.
   *
   * @minItems 2
   * @maxItems 2
   */
  gamma_limit: [number, number];
}
export interface HueSaturation {
  /**
   * Hue, saturation and value shifted, as albumentations.HueSaturationValue with milder hues.
   */
  effect: 'hue_saturation';
  /**
   * Probability with which it is applied to an image.
   */
  p: number;
  /**
   * Added to the hue, in steps of 2 degrees.
   *
   * @minItems 2
   * @maxItems 2
   */
  hue_shift_limit: [number, number];
  /**
   * Added to the saturation, 0..255.
   *
   * @minItems 2
   * @maxItems 2
   */
  sat_shift_limit: [number, number];
  /**
   * Added to the value, 0..255.
   *
   * @minItems 2
   * @maxItems 2
   */
  val_shift_limit: [number, number];
}
export interface GaussianBlur {
  /**
   * Gaussian blur, as albumentations.GaussianBlur (kernel is its blur_limit).
   */
  effect: 'gaussian_blur';
  /**
   * Probability with which it is applied to an image.
   */
  p: number;
  /**
   * Side of the kernel, pixels; an odd number between the two.
   *
   * @minItems 2
   * @maxItems 2
   */
  kernel: [number, number];
  /**
   * Standard deviation, pixels; 0: by OpenCV’s rule from the kernel.
   *
   * @minItems 2
   * @maxItems 2
   */
  sigma_limit: [number, number];
}
export interface MotionBlur {
  /**
   * Blur along a line, as albumentations.MotionBlur (kernel is its blur_limit).
   */
  effect: 'motion_blur';
  /**
   * Probability with which it is applied to an image.
   */
  p: number;
  /**
   * Length of the line, pixels; an odd number between the two.
   *
   * @minItems 2
   * @maxItems 2
   */
  kernel: [number, number];
  /**
   * Direction of the line, degrees.
   *
   * @minItems 2
   * @maxItems 2
   */
  angle_range: [number, number];
}
export interface Defocus {
  /**
   * A lens out of focus, as albumentations.Defocus, milder by default.
   */
  effect: 'defocus';
  /**
   * Probability with which it is applied to an image.
   */
  p: number;
  /**
   * Radius of the disc that a point becomes, pixels.
   *
   * @minItems 2
   * @maxItems 2
   */
  radius: [number, number];
  /**
   * Standard deviation with which the disc’s edge is softened, pixels.
   *
   * @minItems 2
   * @maxItems 2
   */
  alias_blur: [number, number];
}
export interface Noise {
  /**
   * Gaussian noise, as albumentations.GaussNoise, milder by default.
   */
  effect: 'noise';
  /**
   * Probability with which it is applied to an image.
   */
  p: number;
  /**
   * Standard deviation, as a fraction of 255.
   *
   * @minItems 2
   * @maxItems 2
   */
  std_range: [number, number];
  /**
   * Whether each channel has noise of its own.
   */
  per_channel: boolean;
}
export interface IsoNoise {
  /**
   * The noise of a sensor at high sensitivity, by the parameters of albumentations.ISONoise.
   */
  effect: 'iso_noise';
  /**
   * Probability with which it is applied to an image.
   */
  p: number;
  /**
   * Standard deviation of the hue, as a fraction of the circle.
   *
   * @minItems 2
   * @maxItems 2
   */
  color_shift: [number, number];
  /**
   * Standard deviation of the brightness, as a fraction of that of the image’s own.
   *
   * @minItems 2
   * @maxItems 2
   */
  intensity: [number, number];
}
export interface ShotNoise {
  /**
   * Counted photons, as albumentations.ShotNoise, milder by default.
   */
  effect: 'shot_noise';
  /**
   * Probability with which it is applied to an image.
   */
  p: number;
  /**
   * Reciprocal of the number of photons that make white.
   *
   * @minItems 2
   * @maxItems 2
   */
  scale_range: [number, number];
}
export interface Jpeg {
  /**
   * JPEG’s losses, as albumentations.ImageCompression.
   */
  effect: 'jpeg';
  /**
   * Probability with which it is applied to an image.
   */
  p: number;
  /**
   * Quality by libjpeg’s scale, 1 the worst; 100 leaves the image as it is.
   *
   * @minItems 2
   * @maxItems 2
   */
  quality_range: [number, number];
}
export interface Rain {
  /**
   * Falling rain, as albumentations.RandomRain; its pixels are those of a 224 px image and scale with the side.
   */
  effect: 'rain';
  /**
   * Probability with which it is applied to an image.
   */
  p: number;
  /**
   * Slant of the drops, degrees from the vertical.
   *
   * @minItems 2
   * @maxItems 2
   */
  slant_range: [number, number];
  /**
   * Number of drops.
   *
   * @minItems 2
   * @maxItems 2
   */
  count_range: [number, number];
  /**
   * Length of a drop, pixels at 224 px.
   */
  drop_length: number;
  /**
   * Width of a drop, pixels at 224 px.
   */
  drop_width: number;
  /**
   * Colour of the drops. RGB, 0..255.
   *
   * @minItems 3
   * @maxItems 3
   */
  drop_color: [number, number, number];
  /**
   * Kernel of the blur, pixels at 224 px; rainy views are blurry.
   */
  blur_value: number;
  /**
   * Factor of the brightness; rainy days are dark.
   */
  brightness_coefficient: number;
}
export interface Fog {
  /**
   * Fog that lies over the whole image, with the parameters of albumentations.RandomFog; its own patches are `fog_patches`.
   */
  effect: 'fog';
  /**
   * Probability with which it is applied to an image.
   */
  p: number;
  /**
   * Density of the swathes, 0 none to 1 dense.
   *
   * @minItems 2
   * @maxItems 2
   */
  fog_coef_range: [number, number];
  /**
   * Opacity of the haze that lies everywhere.
   */
  alpha_coef: number;
}
export interface FogPatches {
  /**
   * Patches of fog, as albumentations.RandomFog draws them: bright in the middle of the image, thin at its sides. `fog` lies over the whole image.
   */
  effect: 'fog_patches';
  /**
   * Probability with which it is applied to an image.
   */
  p: number;
  /**
   * Density and size of the patches, 0 none to 1 dense.
   *
   * @minItems 2
   * @maxItems 2
   */
  fog_coef_range: [number, number];
  /**
   * Opacity of a patch at density 1.
   */
  alpha_coef: number;
}
export interface LowLight {
  /**
   * A dark scene with the noise of its sensor.
   */
  effect: 'low_light';
  /**
   * Probability with which it is applied to an image.
   */
  p: number;
  /**
   * Factor of the brightness.
   *
   * @minItems 2
   * @maxItems 2
   */
  gain_range: [number, number];
  /**
   * Exponent of the value; above 1 shadows deepen.
   *
   * @minItems 2
   * @maxItems 2
   */
  gamma_range: [number, number];
  /**
   * Standard deviation of the noise, as a fraction of 255.
   *
   * @minItems 2
   * @maxItems 2
   */
  noise_range: [number, number];
}
export interface Overexposure {
  /**
   * A sunny scene exposed too long: bright, washed out, clipped to white on the sunny side.
   */
  effect: 'overexposure';
  /**
   * Probability with which it is applied to an image.
   */
  p: number;
  /**
   * Factor of the brightness.
   *
   * @minItems 2
   * @maxItems 2
   */
  gain_range: [number, number];
  /**
   * How much the gain differs between the sunny and the shady side, 0 not to 1.
   */
  side_light: number;
}
export interface Glare {
  /**
   * Sun flare, as albumentations.RandomSunFlare; its pixels are those of a 224 px image and scale with the side.
   */
  effect: 'glare';
  /**
   * Probability with which it is applied to an image.
   */
  p: number;
  /**
   * Where the sun may stand: x_min, y_min, x_max, y_max as fractions of the side.
   *
   * @minItems 4
   * @maxItems 4
   */
  flare_roi: [number, number, number, number];
  /**
   * Radius of the sun’s light, pixels at 224 px.
   */
  src_radius: number;
  /**
   * Colour of the sun. RGB, 0..255.
   *
   * @minItems 3
   * @maxItems 3
   */
  src_color: [number, number, number];
  /**
   * Number of ghosts.
   *
   * @minItems 2
   * @maxItems 2
   */
  num_flare_circles_range: [number, number];
  /**
   * Opacity of the sun’s light at its centre.
   *
   * @minItems 2
   * @maxItems 2
   */
  intensity_range: [number, number];
}
export interface SunFlare {
  /**
   * A sun in the view and circles on a line through it, as albumentations.RandomSunFlare; its pixels are those of a 224 px image.
   */
  effect: 'sun_flare';
  /**
   * Probability with which it is applied to an image.
   */
  p: number;
  /**
   * Where the sun may stand: x_min, y_min, x_max, y_max as fractions of the side.
   *
   * @minItems 4
   * @maxItems 4
   */
  flare_roi: [number, number, number, number];
  /**
   * Angle of the line of circles, as a fraction of the circle.
   *
   * @minItems 2
   * @maxItems 2
   */
  angle_range: [number, number];
  /**
   * Number of circles.
   *
   * @minItems 2
   * @maxItems 2
   */
  num_flare_circles_range: [number, number];
  /**
   * Radius of the sun’s light, pixels at 224 px.
   */
  src_radius: number;
  /**
   * Colour of the sun. RGB, 0..255.
   *
   * @minItems 3
   * @maxItems 3
   */
  src_color: [number, number, number];
  /**
   * Opacity of the sun’s light at its centre.
   *
   * @minItems 2
   * @maxItems 2
   */
  intensity_range: [number, number];
}
export interface Shadow {
  /**
   * Hard shadows with straight edges, as albumentations.RandomShadow.
   */
  effect: 'shadow';
  /**
   * Probability with which it is applied to an image.
   */
  p: number;
  /**
   * Where the corners of shadows lie: x_min, y_min, x_max, y_max as fractions of the side.
   *
   * @minItems 4
   * @maxItems 4
   */
  shadow_roi: [number, number, number, number];
  /**
   * Number of shadows.
   *
   * @minItems 2
   * @maxItems 2
   */
  num_shadows_limit: [number, number];
  /**
   * Corners of a shadow.
   */
  shadow_dimension: number;
  /**
   * How dark: 0 not, 1 black.
   *
   * @minItems 2
   * @maxItems 2
   */
  shadow_intensity_range: [number, number];
}
export interface CoarseDropout {
  /**
   * Rectangles covered, as albumentations.CoarseDropout.
   */
  effect: 'coarse_dropout';
  /**
   * Probability with which it is applied to an image.
   */
  p: number;
  /**
   * Number of rectangles.
   *
   * @minItems 2
   * @maxItems 2
   */
  num_holes_range: [number, number];
  /**
   * Height of each, as a fraction of the side.
   *
   * @minItems 2
   * @maxItems 2
   */
  hole_height_range: [number, number];
  /**
   * Width of each, as a fraction of the side.
   *
   * @minItems 2
   * @maxItems 2
   */
  hole_width_range: [number, number];
  /**
   * Colour of the rectangles. RGB, 0..255.
   *
   * @minItems 3
   * @maxItems 3
   */
  fill: [number, number, number];
}
export interface OneOf {
  /**
   * One of its effects, as albumentations.OneOf: their p are weights, and the chosen one is applied.
   */
  effect: 'one_of';
  /**
   * Probability with which it is applied to an image.
   */
  p: number;
  /**
   * What it chooses from: effects, or again one_of, some_of or sequence.
   */
  effects: Effect[];
}
export interface SomeOf {
  /**
   * n of its effects in their order, each of those with its own probability, as albumentations.SomeOf.
   */
  effect: 'some_of';
  /**
   * Probability with which it is applied to an image.
   */
  p: number;
  /**
   * What it chooses from: effects, or again one_of, some_of or sequence.
   */
  effects: Effect[];
  /**
   * How many are chosen.
   */
  n: number;
}
export interface Sequence {
  /**
   * Its effects in order, each with its own probability, as albumentations.Sequential.
   */
  effect: 'sequence';
  /**
   * Probability with which it is applied to an image.
   */
  p: number;
  /**
   * What it chooses from: effects, or again one_of, some_of or sequence.
   */
  effects: Effect[];
}
export interface Adam {
  /**
   * Adam (Kingma and Ba, 2015); weight decay is added to the gradient.
   */
  name: 'adam';
  /**
   * Learning rate.
   */
  lr: number;
  /**
   * L2 penalty added to the gradient.
   */
  weight_decay: number;
  /**
   * Decay rates of the moments.
   *
   * @minItems 2
   * @maxItems 2
   */
  betas: [number, number];
  /**
   * Added to the denominator.
   */
  epsilon: number;
  /**
   * Whether biases and parameters of normalisations decay too.
   */
  decay_small: boolean;
  /**
   * What the learning rate is multiplied by for each layer of the backbone further down; 1: alike.
   */
  layer_decay: number;
  /**
   * Learning rates of parts of their own: a pattern as in model.freeze → what the learning rate is multiplied by there; the last that matches counts.
   */
  rates: {
    /**
     * Factor of the learning rate.
     */
    [k: string]: number;
  };
}
export interface AdamW {
  /**
   * AdamW (Loshchilov and Hutter, 2019): decoupled weight decay.
   */
  name: 'adamw';
  /**
   * Learning rate.
   */
  lr: number;
  /**
   * Decoupled weight decay.
   */
  weight_decay: number;
  /**
   * Decay rates of the moments.
   *
   * @minItems 2
   * @maxItems 2
   */
  betas: [number, number];
  /**
   * Added to the denominator.
   */
  epsilon: number;
  /**
   * Whether biases and parameters of normalisations decay too.
   */
  decay_small: boolean;
  /**
   * What the learning rate is multiplied by for each layer of the backbone further down; 1: alike.
   */
  layer_decay: number;
  /**
   * Learning rates of parts of their own: a pattern as in model.freeze → what the learning rate is multiplied by there; the last that matches counts.
   */
  rates: {
    /**
     * Factor of the learning rate.
     */
    [k: string]: number;
  };
}
export interface Sgd {
  /**
   * Stochastic gradient descent with momentum, as torch.optim.SGD.
   */
  name: 'sgd';
  /**
   * Learning rate.
   */
  lr: number;
  /**
   * L2 penalty added to the gradient.
   */
  weight_decay: number;
  /**
   * Momentum.
   */
  momentum: number;
  /**
   * Nesterov momentum.
   */
  nesterov: boolean;
  /**
   * Whether biases and parameters of normalisations decay too.
   */
  decay_small: boolean;
  /**
   * What the learning rate is multiplied by for each layer of the backbone further down; 1: alike.
   */
  layer_decay: number;
  /**
   * Learning rates of parts of their own: a pattern as in model.freeze → what the learning rate is multiplied by there; the last that matches counts.
   */
  rates: {
    /**
     * Factor of the learning rate.
     */
    [k: string]: number;
  };
}
export interface Lamb {
  /**
   * LAMB (You et al., 2020), for large batches: AdamW with each weight's step scaled to its norm.
   */
  name: 'lamb';
  /**
   * Learning rate.
   */
  lr: number;
  /**
   * Decoupled weight decay.
   */
  weight_decay: number;
  /**
   * Decay rates of the moments.
   *
   * @minItems 2
   * @maxItems 2
   */
  betas: [number, number];
  /**
   * Added to the denominator.
   */
  epsilon: number;
  /**
   * Whether biases and parameters of normalisations decay too.
   */
  decay_small: boolean;
  /**
   * What the learning rate is multiplied by for each layer of the backbone further down; 1: alike.
   */
  layer_decay: number;
  /**
   * Learning rates of parts of their own: a pattern as in model.freeze → what the learning rate is multiplied by there; the last that matches counts.
   */
  rates: {
    /**
     * Factor of the learning rate.
     */
    [k: string]: number;
  };
}
export interface ConstantSchedule {
  /**
   * The learning rate stays as it is.
   */
  name: 'constant';
  /**
   * Epochs of linear warmup; cut to half of the training where it is not shorter.
   */
  warmup: number;
  /**
   * Steps of linear warmup, in place of warmup; 0: as warmup says.
   */
  warmup_steps: number;
}
export interface PlateauSchedule {
  /**
   * Multiplied by factor when the monitored score has not risen for patience epochs.
   */
  name: 'plateau';
  /**
   * What the learning rate is multiplied by.
   */
  factor: number;
  /**
   * Epochs without a better score.
   */
  patience: number;
  /**
   * Lower bound.
   */
  min_lr: number;
  /**
   * Epochs of linear warmup; cut to half of the training where it is not shorter.
   */
  warmup: number;
  /**
   * Steps of linear warmup, in place of warmup; 0: as warmup says.
   */
  warmup_steps: number;
}
export interface CosineSchedule {
  /**
   * Cosine from the learning rate to min_lr over the epochs, after a linear warmup; with restarts, several times.
   */
  name: 'cosine';
  /**
   * Learning rate at the end.
   */
  min_lr: number;
  /**
   * How often it starts anew (Loshchilov and Hutter, 2017).
   */
  restarts: number;
  /**
   * How many times longer each period is than the one before.
   */
  period_factor: number;
  /**
   * Epochs of linear warmup; cut to half of the training where it is not shorter.
   */
  warmup: number;
  /**
   * Steps of linear warmup, in place of warmup; 0: as warmup says.
   */
  warmup_steps: number;
}
export interface PolynomialSchedule {
  /**
   * From the learning rate to min_lr as a power of what is left of the training.
   */
  name: 'polynomial';
  /**
   * Exponent.
   */
  power: number;
  /**
   * Learning rate at the end.
   */
  min_lr: number;
  /**
   * Epochs of linear warmup; cut to half of the training where it is not shorter.
   */
  warmup: number;
  /**
   * Steps of linear warmup, in place of warmup; 0: as warmup says.
   */
  warmup_steps: number;
}
export interface StepSchedule {
  /**
   * Multiplied by factor at each of the milestones.
   */
  name: 'step';
  /**
   * Epochs after which the learning rate changes, rising.
   */
  milestones: number[];
  /**
   * What the learning rate is multiplied by.
   */
  factor: number;
  /**
   * Epochs of linear warmup; cut to half of the training where it is not shorter.
   */
  warmup: number;
  /**
   * Steps of linear warmup, in place of warmup; 0: as warmup says.
   */
  warmup_steps: number;
}
export interface OneCycleSchedule {
  /**
   * Up to the learning rate and down again, both as cosines (Smith and Topin, 2018), as torch.optim.lr_scheduler.OneCycleLR; the momentum stays.
   */
  name: 'one_cycle';
  /**
   * Fraction of the training in which it rises.
   */
  rise: number;
  /**
   * The first learning rate is the highest divided by this.
   */
  start_factor: number;
  /**
   * The last learning rate is the first divided by this.
   */
  end_factor: number;
  /**
   * Epochs of linear warmup; cut to half of the training where it is not shorter.
   */
  warmup: number;
  /**
   * Steps of linear warmup, in place of warmup; 0: as warmup says.
   */
  warmup_steps: number;
}
/**
 * A part of the training.
 */
export interface Phase {
  /**
   * How long it lasts.
   */
  epochs: number;
  /**
   * Parameters that learn, as patterns of model.freeze; those that are frozen there never do.
   */
  train: string[];
  /**
   * Learning rate. Left out: optimizer.lr.
   */
  lr?: number;
  /**
   * In place of optimizer.rates.
   */
  rates?: {
    /**
     * Factor of the learning rate.
     */
    [k: string]: number;
  };
}
export interface Local {
  /**
   * Processes of this machine.
   */
  name: 'local';
}
export interface Slurm {
  /**
   * Jobs of Slurm, in arrays: one a trial, or as trials_per_job says.
   */
  name: 'slurm';
  /**
   * Partition, or several with commas.
   */
  partition?: string;
  /**
   * Account that is charged.
   */
  account?: string;
  /**
   * Quality of service.
   */
  qos?: string;
  /**
   * Time limit of a job as Slurm writes it; a trial that needs longer saves and continues in the same job, queued again.
   */
  time?: string;
  /**
   * Generic resources of a job; several divide the trials among several kinds, an array of jobs each. GPUs are asked for by resources.gpus where the partition has any and this is left out.
   */
  gres?: string[];
  /**
   * Features that a node must have.
   */
  constraint?: string;
  /**
   * Further arguments of sbatch.
   */
  arguments: string[];
  /**
   * How long before the time limit a trainer is asked to save.
   */
  lead: number;
  /**
   * How often a job that reached its time limit is queued again; 0: never, the sweep submits another.
   */
  requeues: number;
  /**
   * Trials that a job runs one after another, each with its own run folder, retries and stop. More than one saves the scheduler's time for trials of seconds or minutes; a job that is lost takes the trial that it runs with it, and the others are submitted again.
   */
  trials_per_job: number;
  /**
   * Jobs in Slurm's queue at once, waiting and running; 0: 256, with 1,000 trials at most, or 16 trials of a search that learns. resources.max_parallel bounds those that run.
   */
  queue: number;
  /**
   * Lines of shell that each job begins with: modules, a virtual environment.
   */
  setup: string[];
  /**
   * Node on the cluster's machines, a path or a name that the setup puts on PATH; the one that runs facecom if left out.
   */
  node?: string;
  /**
   * Time between two looks at the jobs.
   */
  poll: number;
  /**
   * How long a file written on another machine may take to be seen here: the attribute cache of the shared file system. A job that has ended is not judged before.
   */
  visibility: number;
}
export interface Ray {
  /**
   * Jobs of a Ray cluster, by its REST interface. Its token is that of RAY_AUTH_TOKEN or RAY_AUTH_TOKEN_PATH.
   */
  name: 'ray';
  /**
   * Address of the dashboard; RAY_API_SERVER_ADDRESS or RAY_ADDRESS if left out, else http://127.0.0.1:8265.
   */
  address?: string;
  /**
   * Custom resources of a job.
   */
  resources: {
    /**
     * How much of the resource.
     */
    [k: string]: number;
  };
  /**
   * Further keys of Ray's runtime environment.
   */
  runtime_env: {
    [k: string]: unknown;
  };
  /**
   * Trials that a job runs one after another, each with its own run folder, retries and stop. More than one saves the scheduler's time for trials of seconds or minutes; a job that is lost takes the trial that it runs with it, and the others are submitted again.
   */
  trials_per_job: number;
  /**
   * Jobs at once, waiting and running; 0: as many as the cluster's CPUs and GPUs hold. Ray fails jobs that wait for longer than 15 minutes.
   */
  queue: number;
  /**
   * Lines of shell that each job begins with: modules, a virtual environment.
   */
  setup: string[];
  /**
   * Node on the cluster's machines, a path or a name that the setup puts on PATH; the one that runs facecom if left out.
   */
  node?: string;
  /**
   * Time between two looks at the jobs.
   */
  poll: number;
  /**
   * How long a file written on another machine may take to be seen here: the attribute cache of the shared file system. A job that has ended is not judged before.
   */
  visibility: number;
}
/**
 * Values of an axis that are not listed one by one; exactly one of its keys, and step where it quantises.
 */
export interface Distribution {
  /**
   * [low, high, step]: low, low + step, … up to high, both included.
   *
   * @minItems 3
   * @maxItems 3
   */
  range?: [number, number, number];
  /**
   * [low, high]: uniform between the two.
   *
   * @minItems 2
   * @maxItems 2
   */
  uniform?: [number, number];
  /**
   * [low, high]: the logarithm is uniform.
   *
   * @minItems 2
   * @maxItems 2
   */
  log_uniform?: [number, number];
  /**
   * [low, high]: whole numbers, both included.
   *
   * @minItems 2
   * @maxItems 2
   */
  int?: [number, number];
  /**
   * One of the values; the same as a list.
   */
  choice?: unknown[];
  /**
   * [mean, standard deviation].
   *
   * @minItems 2
   * @maxItems 2
   */
  normal?: [number, number];
  /**
   * Values are rounded to low + a multiple of step (for normal: to a multiple of step); a grid over an interval needs it.
   */
  step?: number;
}
/**
 * Paths whose values are at least 0 and add up to a total: a grid by step, or Dirichlet draws.
 */
export interface Simplex {
  /**
   * The paths whose values add up.
   */
  paths: string[];
  /**
   * What they add up to.
   */
  total: number;
  /**
   * Distance between neighbours of the grid; divides total. Random and Sobol draws are rounded to it, where it is given.
   */
  step?: number;
}
