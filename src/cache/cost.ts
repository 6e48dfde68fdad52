// What running a step again costs.

/** An estimate of one execution: seconds of wall time, bytes of layer written. */
export interface Cost { readonly seconds: number; readonly bytes: number }
