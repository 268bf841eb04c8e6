/** A parameter of a module, for a form. */
export interface ModuleParam {
  id: string;
  label: string;
  /** `input`, `textarea`, `select`, `picker` or `hashpath`. */
  type: string;
  /** Several values; they are sent as a list. */
  multiple: boolean;
  default: string | string[];
  placeholder: string;
  options: { value: string; label: string }[];
  /** Shown only while other parameters have one of these values. */
  when?: Record<string, string[]>;
}

/** A workflow module of a MISP. */
export interface WorkflowModule {
  id: string;
  name: string;
  description: string;
  kind: 'logic' | 'action';
  /** Switched off in MISP, for MISP's own workflows. */
  disabled: boolean;
  params: ModuleParam[];
}
