/** What a job exits with besides its trainers' own codes: the record cannot be written on its node. */
export const CANNOT_WRITE = 73;
/** Its batch is not seen there. */
export const NOT_FOUND = 75;
