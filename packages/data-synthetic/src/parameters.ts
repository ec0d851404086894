/** Red, green and blue, each 0 to 1. */
export type Color = readonly [red: number, green: number, blue: number]

/** Who the person is. Sizes are factors of the average face, 1 being that face. */
export interface Identity {
  readonly faceWidth: number
  readonly faceLength: number
  /** Width of the jaw at its angle, and of the chin, each on top of `faceWidth`. */
  readonly jawWidth: number
  readonly chinWidth: number
  readonly eyeSpacing: number
  readonly eyeWidth: number
  readonly eyeHeight: number
  /** Height of the outer eye corner above the inner one, in distances between the eyes. */
  readonly eyeTilt: number
  readonly browHeight: number
  readonly browThickness: number
  readonly browArch: number
  readonly noseLength: number
  readonly noseWidth: number
  readonly noseDepth: number
  readonly mouthWidth: number
  readonly upperLip: number
  readonly lowerLip: number
  readonly gender: 'm' | 'f'
  readonly hair: 'bald' | 'short' | 'long'
  /** Height of the hairline on the forehead. */
  readonly hairline: number
  /** Density of the beard, 0 to 1. */
  readonly beard: number
  readonly skin: Color
  readonly lips: Color
  readonly iris: Color
  readonly hairColor: Color
  readonly clothes: Color
  /** Seed of the grain of skin and hair. */
  readonly texture: number
}

export interface Expression {
  /** -0.4 to 1. */
  readonly smile: number
  /** 0 to 1. */
  readonly mouthOpen: number
  /** -0.4 to 1. */
  readonly browRaise: number
  /** 0 to 1. */
  readonly blink: number
  /** Direction of the eyes: -1 (left of the image) to 1 (right). */
  readonly gazeX: number
  /** Direction of the eyes: -1 (up) to 1 (down). */
  readonly gazeY: number
}

/** Rotation of the head in degrees: yaw positive to the right of the image, pitch positive down, roll positive clockwise. */
export interface Pose {
  readonly yaw: number
  readonly pitch: number
  readonly roll: number
}

export interface Camera {
  /** Position of the point between the eyes of an unrotated head, as fractions of the image's width and height. */
  readonly x: number
  readonly y: number
  /** Distance between the eye centers, as a fraction of the image's height. */
  readonly scale: number
  /** Distance from the camera to the eyes, in distances between the eyes: small values give a wide-angle image. */
  readonly distance: number
}

export interface Light {
  /** Direction of the light in degrees: azimuth positive from the right of the image, elevation positive from above. */
  readonly azimuth: number
  readonly elevation: number
  readonly ambient: number
  readonly strength: number
  /** Brightening of the background on the side of the light, 0 to 1. */
  readonly spot: number
}

export interface Background {
  readonly color: Color
  /** Unevenness, 0 to 1. */
  readonly clutter: number
  readonly seed: number
}

export interface Sensor {
  /** Standard deviation of the noise, in gray levels of 255. */
  readonly noise: number
  /** Standard deviation of the Gaussian blur, in pixels. */
  readonly blur: number
  readonly seed: number
}

/** All that a synthetic face depends on, as plain JSON: the same parameters give the same image. */
export interface FaceParameters {
  readonly identity: Identity
  readonly expression: Expression
  readonly pose: Pose
  readonly camera: Camera
  readonly light: Light
  readonly background: Background
  readonly sensor: Sensor
}
